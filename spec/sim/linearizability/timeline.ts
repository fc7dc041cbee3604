import type { Time, Timed } from './model.ts'

/**
 * A history of one object as the search walks it: one step for each operation that returned, in the order of the
 * returns, so that a required operation's index is also the step at which it must have happened.
 */
export interface Timeline<Op> {
  /** Operations that returned, by `end`. */
  readonly required: readonly Op[]
  /** Operations with an unknown outcome, by `start`. */
  readonly unknown: readonly Op[]
  /** Required operations that are called after the return of step - 1 and not after that of step. */
  readonly calls: readonly (readonly number[])[]
  /** The step in whose `calls` a required operation stands. */
  readonly calledAt: Int32Array
  /** How many of `unknown` are called before the return of a step. */
  readonly unknownCalled: Int32Array
}

const compare = (a: Time, b: Time): number => (a < b ? -1 : a > b ? 1 : 0)

/** A call and a return at the same moment overlap: only a return before a call orders two operations. */
export function timelineOf<Op extends Timed>(operations: readonly Op[]): Timeline<Op> {
  const required = operations
    .filter(op => op.end !== null)
    .sort((a, b) => compare(a.end!, b.end!) || compare(a.start, b.start))
  const unknown = operations.filter(op => op.end === null).sort((a, b) => compare(a.start, b.start))
  const byStart = required.map((_, index) => index).sort((a, b) => compare(required[a]!.start, required[b]!.start))
  const calls: number[][] = []
  const calledAt = new Int32Array(required.length)
  const unknownCalled = new Int32Array(required.length)
  let next = 0
  let started = 0
  for (const [step, { end }] of required.entries()) {
    const called: number[] = []
    for (; next < byStart.length && required[byStart[next]!]!.start <= end!; next++) {
      called.push(byStart[next]!)
      calledAt[byStart[next]!] = step
    }
    while (started < unknown.length && unknown[started]!.start <= end!) started++
    calls.push(called.sort((a, b) => a - b))
    unknownCalled[step] = started
  }
  return { required, unknown, calls, calledAt, unknownCalled }
}

/**
 * The history as it was known when the operation of `step` had returned: what returned later is unknown, what was
 * called later is absent.
 */
export function prefixOf<Op extends Timed>(timeline: Timeline<Op>, step: number): Op[] {
  const { required, unknown } = timeline
  const now = required[step]!.end!
  const pending = required.slice(step + 1).filter(op => op.start <= now)
  return [
    ...required.slice(0, step + 1),
    ...pending.map(op => ({ ...op, end: null })),
    ...unknown.filter(op => op.start <= now),
  ]
}
