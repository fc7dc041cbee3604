import { Command } from 'commander'
import type { KvCommand } from '../kv/commands.ts'
import { answerOf } from './answers.ts'
import { RefusedError } from './exit.ts'
import { orJsonError } from './json-error.ts'
import { endpointsOption, jsonOption, timeoutOption } from './options.ts'
import { type KvWord, parseKvCommand } from './parse-command.ts'

export interface ClientFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
  /** For commands that only read. */
  readonly stale?: true
}

/** A command line that asks a running cluster one thing; the arguments are the caller's to add. */
export function kvCommand(op: KvWord, description: string): Command {
  return new Command(op)
    .description(description)
    .addOption(endpointsOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code: 0 done, 1 refused or absent, 2 usage, 3 no replica answered in time, or the outcome is unknown.',
    )
    .action(async function (this: Command) {
      await ask(parseKvCommand(op, this.args), this.opts<ClientFlags>())
    })
}

/**
 * Asks, and prints the answer.
 * @throws RefusedError when the answer is no; ClientError when there is none
 */
export async function ask(command: KvCommand, flags: ClientFlags): Promise<void> {
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
