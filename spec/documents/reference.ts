import type { Argument, Command, Option } from 'commander'
import { programOf } from '../../examples/cli/program.ts'
import { tableOf } from './markdown.ts'

const head = `# CLI reference

Made from the program by \`npx tsx spec/documents/write.ts\`; a spec holds it to the program. [The operations guide](OPERATIONS.md)
tells when to use which command.

In a checkout a command is \`npm run -s epaxos -- COMMAND\`; where the package is installed it is \`npx epaxos COMMAND\`. \`--help\` of each
command prints what stands here. \`npm start\` is \`epaxos start\`.
`

/** The page of all commands, arguments and flags, as the program declares them. `write.ts` writes it and a spec compares it. */
export async function cliReference(): Promise<string> {
  const program = await programOf(undefined)
  const { visibleCommands } = program.createHelp()
  const commands = visibleCommands.call(program.createHelp(), program).filter(command => command.name() !== 'help')
  const overview = tableOf(
    ['command', 'what it does'],
    commands.map(command => [`[\`${command.name()}\`](#${command.name()})`, sentence(command.description())]),
  )
  return `${[head, overview, ...commands.map(sectionOf)].join('\n')}`
}

function sectionOf(command: Command): string {
  const help = command.createHelp()
  const args = help.visibleArguments(command)
  const options = help.visibleOptions(command).filter(option => option.long !== '--help')
  const parts = [
    `## ${command.name()}\n`,
    `${sentence(command.description())}\n`,
    `\`\`\`text\nepaxos ${[command.name(), ...command.registeredArguments.map(inBrackets), '[options]'].join(' ')}\n\`\`\`\n`,
  ]
  if (args.length > 0)
    parts.push(
      tableOf(
        ['argument', 'what it is'],
        args.map(arg => [`\`${arg.name()}\``, sentence(arg.description)]),
      ),
    )
  if (options.length > 0)
    parts.push(
      tableOf(
        ['flag', 'what it does', 'default'],
        options.map(option => [`\`${option.flags}\``, describe(option), defaultOf(option)]),
      ),
    )
  const notes = notesOf(command)
  if (notes !== '') parts.push(`${notes}\n`)
  return parts.join('\n')
}

const inBrackets = (arg: Argument): string => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`)

function describe({ description, argChoices, envVar }: Option): string {
  const choices = argChoices === undefined ? [] : [`one of ${argChoices.map(each => `\`${each}\``).join(', ')}`]
  const variable = envVar === undefined ? [] : [`or the variable \`${envVar}\``]
  return sentence([description, ...choices, ...variable].join('; '))
}

function defaultOf({ defaultValue, defaultValueDescription, negate }: Option): string {
  if (negate || defaultValue === undefined) return ''
  return `\`${(defaultValueDescription ?? String(defaultValue)).replaceAll(',', ', ')}\``
}

/** What help says below the flags. */
function notesOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: written => {
      text += written
    },
  })
  command.outputHelp()
  return text
    .slice(command.helpInformation().length)
    .trim()
    .replace(/\n(?=\S)/g, '  \n')
    .replaceAll('<', '\\<')
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('<', '\\<')
