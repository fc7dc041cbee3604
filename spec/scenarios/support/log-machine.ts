import type { SnapshotStateMachine } from '../../../actors/shared/state-machine.ts'
import type { Codec } from '../../../net/codec.ts'

/**
 * Appends a name to the log of a key, or reads the log's length, or the names of all keys. On one key all conflict but two reads. Names that begin
 * with `!` are appended, and then the state machine throws; those with `@` are answered with its own list.
 */
export type LogCommand = readonly [key: string, name: string, kind: 'append' | 'read' | 'scan']

export interface LogMachine extends SnapshotStateMachine<LogCommand, number | readonly string[]> {
  readonly logs: ReadonlyMap<string, readonly string[]>
}

/** The smallest state that shows an order: per key, the names in the order in which they were executed. */
export function createLogMachine(codec: Codec, applying: (name: string) => void): LogMachine {
  let logs = new Map<string, string[]>()
  return {
    get logs() {
      return logs
    },
    footprint([key, _, kind]) {
      if (kind === 'append') return { reads: [], writes: [key] }
      return { reads: kind === 'read' ? [key] : 'all', writes: [] }
    },
    apply([key, name, kind]) {
      applying(name)
      const log = logs.get(key) ?? []
      if (kind === 'read') return log.length
      if (kind === 'scan') return [...logs.values()].flat().sort()
      logs.set(key, log)
      const length = log.push(name)
      if (name.startsWith('!')) throw new Error(`on ${name}`)
      return name.startsWith('@') ? log : length
    },
    snapshot: () => codec.encodeData([...logs].sort(([a], [b]) => (a < b ? -1 : 1))),
    restore(snapshot) {
      logs = new Map(codec.decodeData(snapshot) as [string, string[]][])
    },
  }
}
