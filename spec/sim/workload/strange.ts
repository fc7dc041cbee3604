import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import type { Operation, Workload } from './workload.ts'

/** A command that asks a state machine for one of its habits. */
export interface StrangeCommand {
  readonly habit: string
  readonly key: string
  /** Changed by `footprint` and by `apply`, in place. */
  by: number
}

const circular: unknown[] = []
circular.push(circular)
let deep: unknown = null
for (let depth = 0; depth < 5_000; depth++) deep = { deep }
const hostile = {
  get message(): string {
    throw new Error('of a getter')
  },
  toString(): string {
    throw new Error('of toString')
  },
}

/** Results that are no plain data, each made anew. */
const results: { readonly [habit: string]: () => unknown } = {
  nothing: () => undefined,
  date: () => new Date(0),
  bigint: () => 1n,
  circular: () => circular,
  deep: () => deep,
  function: () => results.date,
  symbol: () => Symbol('s'),
  map: () => new Map([['a', 1]]),
  floats: () => new Float32Array([0.25, 0.5]),
  half: () => `${'x'.repeat(70)}\ud800`,
  prototype: () => JSON.parse('{"__proto__": 1}'),
  hostile: () => hostile,
  'a rejected promise': () => Promise.reject(new Error('later')),
  'rejected promises': () => [{ a: Promise.reject(new Error('later')) }],
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
}

/** What is thrown by `apply`. */
const thrown: { readonly [habit: string]: () => unknown } = {
  'throws an error': () => new TypeError('of a habit'),
  'throws nothing': () => undefined,
  'throws null': () => null,
  'throws something hostile': () => hostile,
  'throws a long text': () => '\ud800'.repeat(100_000),
  'throws a promise': () => Promise.reject(new Error('later')),
}

/** Footprints that are none. */
const footprints: { readonly [habit: string]: () => unknown } = {
  'footprint of nothing': () => undefined,
  'footprint of numbers': () => ({ reads: [], writes: [7] }),
  'footprint of half a character': () => ({ reads: ['\udc00'], writes: [] }),
  'footprint of a promise': () => Promise.reject(new Error('later')),
  'footprint of holes': () => ({ reads: new Array(2), writes: [] }),
  'footprint that throws': () => {
    throw hostile
  },
}

const habits = [
  ...['add', 'add', 'add', 'add', 'add', 'add', 'read', 'changes the command', 'changes, then throws', 'its own state'],
  ...Object.keys(results),
  ...Object.keys(thrown),
  ...Object.keys(footprints),
]

interface Row {
  count: number
  /** The answer to an addition: one list for all of them, changed by each. */
  readonly last: number[]
  readonly notes: StrangeCommand[]
}

/** Notes of a key that are kept. */
const notesMax = 20

/** Counts and notes per key: every command leaves something, as far as it comes. */
function createStrangeMachine(): StateMachine<StrangeCommand, unknown> {
  let rows = new Map<string, Row>()
  let snapshots = 0
  const keys: string[] = []
  const rowOf = (key: string): Row => {
    const row = rows.get(key) ?? { count: 0, last: [], notes: [] }
    rows.set(key, row)
    return row
  }
  return {
    footprint(command) {
      const { habit, key } = command
      if (habit in footprints) return footprints[habit]!() as Footprint
      // What is executed is the command as it was sent.
      command.by += 1_000
      // One list for all footprints.
      keys.length = 0
      keys.push(key)
      return habit === 'read' ? { reads: keys, writes: [] } : { reads: [], writes: keys }
    },
    apply(command) {
      const { habit, key } = command
      if (habit === 'read') return rows.get(key)?.count ?? 0
      const row = rowOf(key)
      if (habit in thrown) throw thrown[habit]!()
      row.count += command.by
      if (habit === 'changes, then throws') throw new Error('after a change')
      if (habit in results) return results[habit]!()
      if (habit === 'its own state') return row
      if (habit === 'changes the command') command.by++
      row.notes.push(command)
      if (row.notes.length > notesMax) row.notes.shift()
      row.last[0] = row.count
      return row.last
    },
    snapshot() {
      // Local, and no part of the state: some replicas have their state at a point and others do not.
      snapshots++
      if (snapshots % 5 === 3) throw hostile
      if (snapshots % 7 === 4) return { no: 'bytes' } as unknown as Uint8Array
      return encodeData([...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => [key, row]))
    },
    restore(snapshot) {
      rows = new Map(decodeData(snapshot) as [string, Row][])
    },
  }
}

/**
 * A state machine of strange habits: it throws, answers with what is no plain data, with its own state and with promises
 * that are rejected, names footprints that are none, changes its arguments, and gives its state only sometimes. Replicas
 * stay equal, and none stops.
 */
export const strangeWorkload: Workload<StrangeCommand, unknown> = {
  mayFail: true,
  stateMachine: createStrangeMachine,
  nextCommand: (draw, { keys }) => ({
    habit: draw.pick(habits),
    key: `k${draw.whole(0, keys - 1)}`,
    by: draw.whole(1, 9),
  }),
  judge(history) {
    const seen = new Set<string>()
    for (const operation of history) {
      const place = placeOf(operation)
      if (place === undefined) continue
      if (seen.has(place)) return { what: `two additions saw the same count: ${place}`, about: [operation.name] }
      seen.add(place)
    }
    return undefined
  },
}

/** The place of an addition among those of its key: its answer is the count, which each raises. */
function placeOf({ command: { habit, key }, result }: Operation<StrangeCommand, unknown>): string | undefined {
  return habit === 'add' && Array.isArray(result) ? `${key}, ${result[0]}` : undefined
}
