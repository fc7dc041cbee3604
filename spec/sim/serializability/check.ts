import { cycleIn } from './cycle.ts'
import { edgesOf, type Graph } from './edges.ts'
import { type Orders, ordersOf } from './orders.ts'

/**
 * One transaction as its client saw it: it appends its name to the lists of some keys, and is answered the lists of all keys
 * that it touches, as they were before.
 */
export interface Transaction {
  readonly name: string
  readonly appends: readonly string[]
  readonly startMs: number
  /** Undefined with `seen`: the outcome is unknown. */
  readonly endMs: number | undefined
  /** By key. */
  readonly seen: ReadonlyMap<string, readonly string[]> | undefined
}

/** What contradicts strict serializability, and the transactions that it is about. */
export interface Contradiction {
  readonly what: string
  readonly about: readonly string[]
}

/**
 * Whether a history is strictly serializable: whether there is one order of all transactions that explains every answer, and
 * in which who was answered before another began comes before it. Lists tell the order of the writes of each key, so that
 * there is one if and only if the graph of what must come before what has no cycle (Adya; Kingsbury and Alvaro, "Elle").
 */
export function checkTransactions(history: readonly Transaction[]): Contradiction | undefined {
  const orders = ordersOf(history)
  if ('what' in orders) return orders
  return contradictionIn(edgesOf(history, orders), orders)
}

function contradictionIn(graph: Graph, { orders }: Orders): Contradiction | undefined {
  const cycle = cycleIn(graph)
  if (cycle === undefined) return undefined
  const steps = cycle.map((from, at) => {
    const to = cycle[(at + 1) % cycle.length]!
    return `${from} ${graph.get(from)!.get(to)!} ${to}`
  })
  const keys = [...orders].map(([key, order]) => `${key}: ${order.join(' ')}`)
  return { what: [`no order explains what was answered: ${steps.join('; ')}`, ...keys].join('\n'), about: cycle }
}
