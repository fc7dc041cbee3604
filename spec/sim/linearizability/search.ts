import { type Configuration, initial } from './configuration.ts'
import { Facts } from './facts.ts'
import type { Model, Timed } from './model.ts'
import { move, moveCount } from './moves.ts'
import { type Timeline, timelineOf } from './timeline.ts'

export interface Found<Op> {
  readonly verdict: 'linearizable'
  readonly configurations: number
  /** Operations in an order in which they can have happened; an unknown one that is not in it took no effect. */
  readonly order: readonly Op[]
}

export type NotFound =
  /** `reached`: everything that returned before this step can be linearized. */
  | { readonly verdict: 'notLinearizable'; readonly configurations: number; readonly reached: number }
  | { readonly verdict: 'undecided'; readonly configurations: number }

export type Outcome<Op> = Found<Op> | NotFound

interface Frame {
  readonly at: Configuration
  nextMove: number
}

/**
 * Decides whether one object's history is linearizable. Gives up after `budget` configurations.
 *
 * Depth first: go from return to return, and when the operation that returns has not happened yet, let pending
 * operations happen until it has (just-in-time linearization). A configuration is visited once.
 *
 * Source: Wing and Gong, Testing and verifying concurrent objects (1993); Lowe, Testing for linearizability (2017).
 */
export function search<State, Op extends Timed>(
  model: Model<State, Op>,
  operations: readonly Op[],
  budget: number,
): Outcome<Op> {
  return linearizations(model, operations, budget).next().value
}

/** Like `search`, but goes on after a linearization that was found, to others that leave something else. */
export function* linearizations<State, Op extends Timed>(
  model: Model<State, Op>,
  operations: readonly Op[],
  budget: number,
): Generator<Found<Op>, NotFound> {
  const timeline = timelineOf(operations)
  const facts = new Facts(model, timeline)
  const visited = new Visited()
  const root = initial(facts)
  const stack: Frame[] = [{ at: root, nextMove: 0 }]
  const done = timeline.required.length
  let reached = root.step
  let configurations = 1
  visited.add(root)
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.at.step === done) {
      yield { verdict: 'linearizable', configurations, order: orderOf(timeline, stack) }
      stack.pop()
      continue
    }
    const next = nextOf(facts, frame)
    if (next === undefined) {
      stack.pop()
    } else if (visited.add(next)) {
      if (configurations === budget) return { verdict: 'undecided', configurations }
      configurations++
      reached = Math.max(reached, next.step)
      stack.push({ at: next, nextMove: 0 })
    }
  }
  return { verdict: 'notLinearizable', configurations, reached }
}

function nextOf<State, Op extends Timed>(facts: Facts<State, Op>, frame: Frame): Configuration | undefined {
  const count = moveCount(facts, frame.at)
  while (frame.nextMove < count) {
    const next = move(facts, frame.at, frame.nextMove++)
    if (next !== undefined) return next
  }
  return undefined
}

function orderOf<Op>(timeline: Timeline<Op>, stack: readonly Frame[]): Op[] {
  return stack.flatMap(({ at }) =>
    at.happened.map(index => (index >= 0 ? timeline.required[index]! : timeline.unknown[~index]!)),
  )
}

/** The configurations seen. Having used less of what is optional is never worse, all else being equal. */
class Visited {
  readonly #seen = new Map<string, Uint8Array | Uint8Array[]>()

  /** @returns false when an equal or a better one was there already. */
  add(it: Configuration): boolean {
    const key = `${it.step},${it.state},${it.unjustified ? 1 : 0},${it.todo.join()}`
    const seen = this.#seen.get(key)
    if (seen === undefined) {
      this.#seen.set(key, it.used)
    } else if (Array.isArray(seen)) {
      if (seen.some(used => isSubset(used, it.used))) return false
      seen.push(it.used)
    } else {
      if (isSubset(seen, it.used)) return false
      this.#seen.set(key, [seen, it.used])
    }
    return true
  }
}

function isSubset(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || a.every((used, index) => used <= b[index]!)
}
