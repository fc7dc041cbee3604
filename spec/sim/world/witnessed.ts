import type { Executing, StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Applications, Place } from '../checks/applications.ts'

/** A command with the name of the operation that it belongs to. */
export type NamedCommand<C> = readonly [operation: string, command: C]

/** A state machine that knows how often each key was written. */
export type Witnessed<C = unknown, R = unknown> = StateMachine<NamedCommand<C>, R> & {
  versionOf(key: string): number
}

interface Versions {
  get(key: string): number | undefined
  set(key: string, version: number): void
  entries(): Iterable<readonly [string, number]>
}

/** Stands for all keys together. */
const everything = '*'

/**
 * Any state machine, with a version for each key of its footprints: it tells in which order conflicting commands were
 * executed, and whether one was executed twice.
 * @param ports `check` runs a check, and what it finds ends the world; `nameOfDue` names what a replica proposes because a
 * time has come, each proposal an operation of its own; `dueBy` hears by which time it looks for that
 */
export function witnessed<C, R>(
  replica: string,
  machine: StateMachine<C, R>,
  applications: Applications,
  codec: Codec,
  {
    check,
    nameOfDue,
    dueBy,
  }: {
    readonly check: (run: () => void) => void
    readonly nameOfDue: () => string
    readonly dueBy?: (nowMs: number) => void
  },
): Witnessed<C, R> {
  /** Per key, how many commands have written it; under `*` how many have written anything. A part of the state. */
  const hasTables = 'tables' in machine
  let versions: Versions = hasTables ? machine.tables.data<number>('written so often') : new Map<string, number>()
  const versionOf = (key: string) => versions.get(key) ?? 0
  const raise = (key: string) => versions.set(key, versionOf(key) + 1)
  const executing: Executing<NamedCommand<C>, R> & Pick<Witnessed<C, R>, 'versionOf'> = {
    versionOf,
    footprint: ([, command]) => machine.footprint(command),
    stamped(named, nowMs) {
      const [operation, command] = named
      const stamped = machine.stamped?.(command, nowMs) ?? command
      return stamped === command ? named : [operation, stamped]
    },
    due(nowMs, max) {
      dueBy?.(nowMs)
      return (machine.due?.(nowMs, max) ?? []).map(command => [nameOfDue(), command])
    },
    apply([operation, command]) {
      const { reads, writes } = machine.footprint(command)
      const places: Place[] = []
      for (const key of reads === 'all' ? [everything] : reads)
        places.push({ key, version: versionOf(key), isWrite: false })
      if (writes === 'all' || writes.length > 0) raise(everything)
      // What writes all keys has its place among all writes; what writes some, among those of each.
      for (const key of writes === 'all' ? [everything] : writes) {
        if (key !== everything) raise(key)
        places.push({ key, version: versionOf(key), isWrite: true })
      }
      check(() => applications.executed(replica, operation, places))
      return machine.apply(command)
    },
  }
  if (hasTables) {
    return { ...executing, tables: machine.tables, replaced: () => machine.replaced?.() }
  }
  return {
    ...executing,
    snapshot() {
      const state = machine.snapshot()
      // Whatever it is: the replica judges it.
      if (!(state instanceof Uint8Array)) return state
      return codec.encodeData({ state, versions: [...versions.entries()].sort(([a], [b]) => (a < b ? -1 : 1)) })
    },
    restore(snapshot) {
      const data = codec.decodeData(snapshot) as { state: Uint8Array; versions: [string, number][] }
      machine.restore(data.state)
      versions = new Map(data.versions)
    },
  }
}
