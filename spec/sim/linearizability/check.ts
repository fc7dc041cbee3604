import { type Location, locate } from './locate.ts'
import type { Model, Timed } from './model.ts'
import { search } from './search.ts'
import { timelineOf } from './timeline.ts'

export type Verdict = 'linearizable' | 'notLinearizable' | 'undecided'

export type ObjectVerdict<State, Op> =
  | { readonly verdict: 'linearizable' | 'undecided'; readonly configurations: number }
  | { readonly verdict: 'notLinearizable'; readonly configurations: number; readonly location: Location<State, Op> }

/** Configurations that are visited for one object before the verdict is `undecided`; about 1 KB of memory each at most. */
export const defaultBudget = 1_000_000

/**
 * Checks the history of one object against its sequential specification. Histories of several independent objects are
 * linearizable when each object's own is: check them one by one.
 *
 * `budget`, in configurations, bounds the search: when it is used up the verdict is `undecided`.
 */
export function checkObject<State, Op extends Timed>(
  model: Model<State, Op>,
  operations: readonly Op[],
  budget: number = defaultBudget,
): ObjectVerdict<State, Op> {
  const outcome = search(model, operations, budget)
  const { verdict, configurations } = outcome
  if (verdict !== 'notLinearizable') return { verdict, configurations }
  const location = locate(model, timelineOf(operations), outcome.reached, budget)
  return { verdict, configurations, location }
}
