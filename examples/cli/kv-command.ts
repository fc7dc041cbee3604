import { Command, Option } from 'commander'
import { type AskedOp, type KvCommand, operationNamed } from '../kv/commands.ts'
import { onlyReads } from '../kv/operation.ts'
import { answerOf } from './answers.ts'
import { RefusedError } from './exit.ts'
import { orJsonError } from './json-error.ts'
import { endpointsOption, jsonOption, staleOption, timeoutOption } from './options.ts'
import { commandOf, flagOf, optionOf } from './parse-command.ts'

interface ClientFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
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
  for (const { name, help, byDefault, orNull } of args) {
    const isOptional = byDefault !== undefined || orNull !== undefined
    // An empty text is not worth showing as a default.
    const shown = byDefault === undefined || byDefault === '' ? undefined : String(byDefault)
    command.argument(isOptional ? `[${name}]` : `<${name}>`, help, shown)
    if (orNull !== undefined) command.option(orNull.flag, orNull.help)
  }
  if (option !== undefined) command.addOption(new Option(option.argument.flag!, option.argument.help))
  if (onlyReads(operation.definition)) command.addOption(staleOption())
  return command.action(async () => {
    const flags = command.opts<ClientFlags & Readonly<Record<string, unknown>>>()
    const isGiven = (flag: string): boolean => flags[flag.slice(2)] !== undefined
    const words: (string | null)[] = [...command.args]
    args.forEach(({ orNull }, at) => {
      if (orNull !== undefined && isGiven(orNull.flag)) words.splice(at, 0, null)
    })
    const more = option && (flags[flagOf(option.argument).slice(2)] as string | undefined)
    await ask(commandOf(op, words, more), flags)
  })
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
    else if (answer.ok) process.stdout.write(answer.lines.map(line => `${line}\n`).join(''))
    if (!answer.ok) throw new RefusedError(`${command[1]}: ${answer.reason}`)
  } finally {
    client.close()
  }
}
