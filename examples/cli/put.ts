import { type Command, Option } from 'commander'
import { put, putFor } from '../kv/commands.ts'
import { ask, type ClientFlags, kvCommand } from './kv-command.ts'
import { parseSecondsAsMs } from './options.ts'

interface PutFlags extends ClientFlags {
  readonly ttl?: number
}

/** `epaxos put`: set a key, for ever or for a while. */
export const putCommand = (): Command =>
  kvCommand('put', 'set a key')
    .argument('<key>')
    .argument('<value>')
    .addOption(
      new Option(
        '--ttl <seconds>',
        'it ends by itself after so many seconds, or with a unit (60, 500ms, 10m)',
      ).argParser(parseSecondsAsMs),
    )
    .action((key: string, value: string, flags: PutFlags) =>
      ask(flags.ttl === undefined ? put(key, value) : putFor(key, value, flags.ttl), flags),
    )
