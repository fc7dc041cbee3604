#!/usr/bin/env node
import { CommanderError } from 'commander'
import { describeError, exitCodeOf, UsageError } from './exit.ts'
import { guardOutput, harmlessLines } from './output.ts'
import { commandNames, isCommand, programOf } from './program.ts'

async function main(args: readonly string[]): Promise<void> {
  const asked = args[0]
  try {
    const program = await programOf(asked)
    if (asked === undefined) throw new UsageError(`expected a command: ${commandNames.join(', ')}`)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if (error instanceof CommanderError && error.exitCode === 0) return
    const more =
      error instanceof CommanderError || error instanceof UsageError
        ? ` (epaxos help${isCommand(asked) ? ` ${asked}` : ''} tells more)`
        : ''
    process.stderr.write(`epaxos: ${harmlessLines(describeError(error))}${more}\n`)
  }
}

guardOutput()
await main(process.argv.slice(2))
