import type { Contradiction, Transaction } from './check.ts'

/** By key, the transactions that have appended to it, in their order. */
export interface Orders {
  readonly orders: ReadonlyMap<string, readonly string[]>
}

/** The order of the writes of each key, as all answers together tell it; or what they contradict each other in. */
export function ordersOf(history: readonly Transaction[]): Orders | Contradiction {
  const orders = new Map<string, readonly string[]>()
  for (const transaction of history) {
    for (const [key, list] of transaction.seen ?? []) {
      // Whoever appends has the next place.
      const after = transaction.appends.includes(key) ? [...list, transaction.name] : list
      const known = orders.get(key) ?? []
      const [shorter, longer] = known.length < after.length ? [known, after] : [after, known]
      if (!shorter.every((name, at) => name === longer[at]))
        return {
          what: `two orders of ${key}: ${transaction.name} has seen ${after.join(' ')}, and another ${known.join(' ')}`,
          about: [transaction.name],
        }
      orders.set(key, longer)
    }
  }
  const byName = new Map(history.map(each => [each.name, each]))
  for (const [key, order] of orders) {
    const stranger = order.find(name => byName.get(name)?.appends.includes(key) !== true)
    if (stranger !== undefined)
      return { what: `${key} has ${stranger}, which has not appended to it`, about: [stranger] }
    const twice = order.find((name, at) => order.indexOf(name) !== at)
    if (twice !== undefined) return { what: `${twice} was appended to ${key} twice`, about: [twice] }
  }
  return { orders }
}
