import { Command, Option } from 'commander'
import type { Argument } from '../kv/arguments.ts'
import { type AskedOp, type KvCommand, operationNamed } from '../kv/commands.ts'
import { onlyReads } from '../kv/operation.ts'
import { answerOf } from './answers.ts'
import { RefusedError, UsageError } from './exit.ts'
import { checkWords, textOfFile, textOfInput } from './given-text.ts'
import { orJsonError } from './json-error.ts'
import { endpointsOption, jsonOption, staleOption, timeoutOption } from './options.ts'
import { commandOf, flagOf, optionOf } from './parse-command.ts'
import { lineOf, valueFor } from './quoted.ts'

interface ClientFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
  /** For commands with a value. */
  readonly file?: string
  /** For commands that only read. */
  readonly stale?: true
}

/** `epaxos put`, `epaxos get` and the others: the command line of one operation of the store. */
export function kvCommand(op: AskedOp): Command {
  const operation = operationNamed(op)
  const { args, help } = operation.definition
  const option = optionOf(operation)
  const command = new Command(op)
    .description(help!)
    .addOption(endpointsOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code: 0 done, 1 refused or absent, 2 usage, 3 no replica answered in time, or the outcome is unknown.',
    )
  const atFile = args.findLastIndex(isText)
  for (const [at, { name, help, byDefault, orNull }] of args.entries()) {
    const isOptional = byDefault !== undefined || orNull !== undefined || at === atFile
    // An empty text is not worth showing as a default.
    const shown = byDefault === undefined || byDefault === '' ? undefined : String(byDefault)
    command.argument(isOptional ? `[${name}]` : `<${name}>`, help, shown)
    if (orNull !== undefined) command.option(orNull.flag, orNull.help)
  }
  if (atFile >= 0)
    command.option(
      '--file <path>',
      'read the value from a file; a value - stands for standard input, after -- for itself',
    )
  if (option !== undefined) command.addOption(new Option(option.argument.flag!, option.argument.help))
  if (onlyReads(operation.definition)) command.addOption(staleOption())
  return command.action(async () => {
    const flags = command.opts<ClientFlags & Readonly<Record<string, unknown>>>()
    const isGiven = (flag: string): boolean => flags[flag.slice(2)] !== undefined
    checkWords(command.args)
    const words: (Word | null)[] = wordsOf(command.args)
    args.forEach(({ orNull }, at) => {
      if (orNull !== undefined && isGiven(orNull.flag)) words.splice(at, 0, null)
    })
    if (flags.file !== undefined) {
      words.splice(atFile, 0, { text: textOfFile(flags.file), isPlain: true })
    }
    const more = option && (flags[flagOf(option.argument).slice(2)] as string | undefined)
    await ask(commandOf(op, await textsOf(words, args), more), flags)
  })
}

const isText = ({ kind }: Argument): boolean => kind === 'text'

/** A word of the command line; a plain one stands for nothing but itself. */
interface Word {
  readonly text: string
  readonly isPlain: boolean
}

/** The words, of which those after `--` are plain. */
function wordsOf(words: readonly string[]): Word[] {
  const end = process.argv.indexOf('--')
  const plain = end < 0 ? 0 : process.argv.length - end - 1
  return words.map((text, at) => ({ text, isPlain: at >= words.length - plain }))
}

/** The texts of words, of which one may stand for standard input. @throws UsageError for two of them */
async function textsOf(words: readonly (Word | null)[], args: readonly Argument[]): Promise<(string | null)[]> {
  const isInput = (word: Word | null | undefined, at: number): boolean =>
    word?.text === '-' && !word.isPlain && args[at]?.kind === 'text'
  if (words.filter(isInput).length > 1)
    throw new UsageError('standard input is one value, not two; - after -- is itself')
  const at = words.findIndex(isInput)
  const texts = words.map(word => (word === null ? null : word.text))
  return at < 0 ? texts : texts.with(at, await textOfInput())
}

/**
 * Asks, and prints the answer.
 * @throws RefusedError when the answer is no; ClientError when there is none
 */
async function ask(command: KvCommand, flags: ClientFlags): Promise<void> {
  const { connectKv } = await import('../kv/connect.ts')
  const client = connectKv({ endpoints: flags.endpoints, timeoutMs: flags.timeout })
  try {
    const result = await orJsonError(flags.json === true, () =>
      flags.stale ? client.query(command) : client.execute(command),
    )
    const answer = answerOf(command, result)
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    else if (answer.ok)
      process.stdout.write(answer.lines.map(line => `${valueFor(line, process.stdout.isTTY)}\n`).join(''))
    if (!answer.ok) throw new RefusedError(`${lineOf(String(command[1]))}: ${answer.reason}`)
  } finally {
    client.close()
  }
}
