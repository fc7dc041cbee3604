import type { Facts } from './facts.ts'
import type { Timed } from './model.ts'

/** Where a search stands: what has happened, and what it left. Never changed once made. */
export interface Configuration {
  /** The next return. Operations that returned before it have all happened. */
  readonly step: number
  readonly state: number
  /** Required operations that are called and have not happened, in ascending order (the next to return first). */
  readonly todo: readonly number[]
  /** Which operations with an unknown outcome have happened; shared between configurations until it changes. */
  readonly used: Uint8Array
  /** An operation with an unknown outcome happened, and nothing since then needed it. */
  readonly unjustified: boolean
  /** What happened since the parent, in order: an index of `required`, or ~index of `unknown`. */
  readonly happened: readonly number[]
}

const merge = (a: readonly number[], b: readonly number[]): readonly number[] =>
  b.length === 0 ? a : [...a, ...b].sort((x, y) => x - y)

/**
 * Lets every called read-only operation happen whose result is right in the state: it can only lose by waiting, for it
 * changes nothing. What happened is added to `happened`.
 */
export function settleReads<State, Op extends Timed>(
  facts: Facts<State, Op>,
  state: number,
  todo: readonly number[],
  happened: number[],
): readonly number[] {
  const rest = todo.filter(index => !(facts.required[index]!.readOnly === true && facts.agrees(state, index)))
  if (rest.length === todo.length) return todo
  for (const index of todo) if (!rest.includes(index)) happened.push(index)
  return rest
}

/** Goes on to the next return whose operation has not happened yet; `step` is the number of returns when none is left. */
export function advance<State, Op extends Timed>(facts: Facts<State, Op>, from: Configuration): Configuration {
  const { calls, required } = facts.timeline
  let { step, todo } = from
  if (step < required.length && todo[0] === step) return from
  const happened = [...from.happened]
  do {
    step++
    todo = settleReads(facts, from.state, merge(todo, calls[step] ?? []), happened)
  } while (step < required.length && todo[0] !== step)
  return { ...from, step, todo, happened, unjustified: false }
}

/** The configuration before anything has happened. */
export function initial<State, Op extends Timed>(facts: Facts<State, Op>): Configuration {
  const used = new Uint8Array(facts.timeline.unknown.length)
  const before = { step: -1, state: facts.initial, todo: [], used, unjustified: false, happened: [] }
  return advance(facts, before)
}
