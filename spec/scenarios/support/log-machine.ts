import type { StateMachine } from '../../../actors/state-machine.ts'
import type { Codec } from '../../../net/codec.ts'

/** Appends a name to the log of a key. All on one key conflict. */
export type Append = readonly [key: string, name: string]

export interface LogMachine extends StateMachine<Append, number> {
  readonly logs: ReadonlyMap<string, readonly string[]>
}

/** The smallest state that shows an order: per key, the names in the order in which they were executed. */
export function createLogMachine(codec: Codec, applying: (name: string) => void): LogMachine {
  let logs = new Map<string, string[]>()
  return {
    get logs() {
      return logs
    },
    footprint: ([key]) => ({ reads: [], writes: [key] }),
    apply([key, name]) {
      applying(name)
      const log = logs.get(key) ?? []
      logs.set(key, log)
      return log.push(name)
    },
    snapshot: () => codec.encodeData([...logs].sort(([a], [b]) => (a < b ? -1 : 1))),
    restore(snapshot) {
      logs = new Map(codec.decodeData(snapshot) as [string, string[]][])
    },
  }
}
