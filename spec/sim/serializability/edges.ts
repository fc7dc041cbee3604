import type { Transaction } from './check.ts'
import type { Orders } from './orders.ts'

/** Why a transaction comes before another. */
export type Why = 'is overwritten by' | 'is read by' | 'has not seen' | 'was answered before'
/** By transaction: those that come after it, and why. */
export type Graph = ReadonlyMap<string, ReadonlyMap<string, Why>>

/** What must come before what. */
export function edgesOf(history: readonly Transaction[], { orders }: Orders): Graph {
  const graph = new Map(history.map(({ name }) => [name, new Map<string, Why>()] as const))
  const before = (from: string | undefined, to: string | undefined, why: Why): void => {
    if (from !== undefined && to !== undefined && from !== to && !graph.get(from)!.has(to))
      graph.get(from)!.set(to, why)
  }
  for (const order of orders.values())
    for (const [at, name] of order.entries()) before(order[at - 1], name, 'is overwritten by')
  for (const { name, seen } of history)
    for (const [key, { length }] of seen ?? []) {
      const order = orders.get(key)!
      before(order[length - 1], name, 'is read by')
      // Its own append, if it has one, stands there: what follows that was not seen either, and follows it anyway.
      before(name, order[length], 'has not seen')
    }
  for (const one of history)
    for (const other of history)
      if (one.endMs !== undefined && one.endMs < other.startMs && isThere(other, orders))
        before(one.name, other.name, 'was answered before')
  return graph
}

/** Whether it has happened: it was answered, or somebody has seen it. */
const isThere = ({ name, seen, appends }: Transaction, orders: Orders['orders']): boolean =>
  seen !== undefined || appends.some(key => orders.get(key)?.includes(name) === true)
