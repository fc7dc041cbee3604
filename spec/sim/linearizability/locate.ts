import type { Model, StateKey, Timed } from './model.ts'
import { linearizations, search } from './search.ts'
import { prefixOf, type Timeline } from './timeline.ts'

/** Where a history that is not linearizable first shows it. */
export interface Location<State, Op> {
  /** The last completed operation of the shortest prefix, by end, that is not linearizable. */
  readonly operation: Op
  /** False when the budget was too small to rule out that an earlier prefix shows it already. */
  readonly exact: boolean
  /** States that the longest linearizable prefix can leave; only some of them when there are many. */
  readonly before: readonly State[]
}

const statesMax = 8

/**
 * Finds the shortest bad prefix of a history that is not linearizable. Prefixes of linearizable histories are
 * linearizable, so it looks in growing strides from `reached` (all before it is linearizable) and halves the last one.
 */
export function locate<State, Op extends Timed>(
  model: Model<State, Op>,
  timeline: Timeline<Op>,
  reached: number,
  budget: number,
): Location<State, Op> {
  let exact = true
  const isBad = (step: number): boolean => {
    const { verdict } = search(model, prefixOf(timeline, step), budget)
    if (verdict === 'undecided') exact = false
    return verdict === 'notLinearizable'
  }
  let good = reached - 1
  let bad = timeline.required.length - 1
  for (let stride = 1; good + stride < bad; stride *= 2) {
    if (isBad(good + stride)) bad = good + stride
    else good += stride
  }
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isBad(middle)) bad = middle
    else good = middle
  }
  return { operation: timeline.required[bad]!, exact, before: statesAfter(model, timeline, bad - 1, budget) }
}

/** Without insight, so that states which later operations cannot tell apart stay apart; with it if that is too hard. */
function statesAfter<State, Op extends Timed>(
  model: Model<State, Op>,
  timeline: Timeline<Op>,
  step: number,
  budget: number,
): State[] {
  if (step < 0) return [model.init]
  const prefix = prefixOf(timeline, step)
  const plain: Model<State, Op> = { init: model.init, step: (state, op) => model.step(state, op), key: model.key }
  const found = finalStates(plain, prefix, Math.min(budget, 2_000 + 2 * prefix.length))
  return found.length > 0 ? found : finalStates(model, prefix, budget)
}

function finalStates<State, Op extends Timed>(model: Model<State, Op>, operations: readonly Op[], budget: number) {
  const states = new Map<StateKey, State>()
  for (const { order } of linearizations(model, operations, budget)) {
    let state = model.init
    for (const op of order) {
      const step = model.step(state, op)
      if (step.ok) state = step.state
    }
    states.set(model.key(state), state)
    if (states.size === statesMax) break
  }
  return [...states.values()]
}
