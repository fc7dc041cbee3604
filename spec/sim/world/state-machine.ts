import type { StateMachine } from '../../../actors/state-machine.ts'
import type { KvCommand, KvResult } from '../../../examples/kv/commands.ts'
import { opNumbers } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Applications } from '../checks/applications.ts'

/** A command of the store with the name of the operation that it belongs to. */
export type NamedCommand = readonly [operation: string, command: KvCommand]

/** The key-value store, with a version for each key, which tells in which order commands were executed. */
export function createVersionedStore(
  replica: number,
  applications: Applications,
  codec: Codec,
): StateMachine<NamedCommand, KvResult> {
  const store = createKvStateMachine()
  let versions = new Map<string, number>()
  return {
    footprint: ([, command]) => store.footprint(command),
    apply([operation, command]) {
      const key = command[1]
      if (command[0] === opNumbers.get || command[0] === opNumbers.keys) {
        if (command[0] === opNumbers.get) applications.read(replica, key, versions.get(key) ?? 0, operation)
        return store.apply(command)
      }
      const version = (versions.get(key) ?? 0) + 1
      versions.set(key, version)
      applications.wrote(replica, key, version, operation)
      return store.apply(command)
    },
    snapshot: () =>
      codec.encodeData({ store: store.snapshot(), versions: [...versions].sort(([a], [b]) => (a < b ? -1 : 1)) }),
    restore(snapshot) {
      const data = codec.decodeData(snapshot) as { store: Uint8Array; versions: [string, number][] }
      store.restore(data.store)
      versions = new Map(data.versions)
    },
  }
}
