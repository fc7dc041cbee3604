import type { Command } from 'commander'
import { UsageError } from './exit.ts'
import { ask, type ClientFlags, kvCommand } from './kv-command.ts'
import { parseKvCommand, usageOf } from './parse-command.ts'

interface CasFlags extends ClientFlags {
  readonly absent?: true
  readonly delete?: true
}

/** `epaxos cas`: set a key if it has the old value; exit code 1 if it has another. */
export const casCommand = (): Command =>
  kvCommand('cas', 'set a key if its value is the old one; exit code 1 if it is another')
    .usage('[options] <key> [old] [new]')
    .argument('<key>')
    .argument('[values...]', 'the old value and the new one: KEY OLD NEW | KEY --absent NEW | KEY OLD --delete')
    .option('--absent', 'expect the key to be absent: give no old value')
    .option('--delete', 'remove the key: give no new value')
    .action(async (key: string, values: readonly string[], flags: CasFlags) => {
      const expected = 2 - (flags.absent ? 1 : 0) - (flags.delete ? 1 : 0)
      if (values.length !== expected) {
        throw new UsageError(`expected: ${usageOf.cas}; found ${values.length} values beside the key`)
      }
      const words = [...(flags.absent ? ['--absent'] : []), ...values, ...(flags.delete ? ['--delete'] : [])]
      await ask(parseKvCommand('cas', [key, ...words]), flags)
    })
