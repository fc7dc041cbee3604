import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { checkTransactions } from '../serializability/check.ts'
import type { Workload } from './workload.ts'

/** Appends its name to the lists of some keys, and only reads those of others. */
export type TransactionCommand = readonly [name: string, appends: readonly string[], reads: readonly string[]]
/** By key that it touches: the list before it. */
type Lists = readonly (readonly [key: string, list: readonly string[]])[]

const codec = createCodec(defaultLimits)
const keysMax = 4

/** @param footprintOf what a command says that it touches; a wrong one is for specs */
const listsMachine = (
  footprintOf: StateMachine<TransactionCommand, Lists>['footprint'],
): StateMachine<TransactionCommand, Lists> => {
  let lists = new Map<string, readonly string[]>()
  return {
    footprint: footprintOf,
    apply([name, appends, reads]) {
      const seen = [...appends, ...reads].map(key => [key, lists.get(key) ?? []] as const)
      for (const key of appends) lists.set(key, [...(lists.get(key) ?? []), name])
      return seen
    },
    snapshot: () => codec.encodeData([...lists].sort(([a], [b]) => (a < b ? -1 : 1))),
    restore: bytes => {
      lists = new Map(codec.decodeData(bytes) as [string, string[]][])
    },
  }
}

const honest = ([, appends, reads]: TransactionCommand) => ({ reads, writes: appends })

/** Transactions on one to four keys, judged together: is there one order of all that explains what clients saw? */
export const transactionsWorkload = (footprintOf = honest): Workload<TransactionCommand, Lists> => ({
  stateMachine: () => listsMachine(footprintOf),
  nextCommand(draw, { keys, readShare }, unique) {
    const all = Array.from({ length: Math.max(2, keys) }, (_, at) => `k${at}`)
    const chosen = draw.shuffle(all).slice(0, draw.whole(1, Math.min(keysMax, all.length)))
    const appends = chosen.filter(() => !draw.chance(Math.max(0.3, readShare)))
    return [unique, appends, chosen.filter(key => !appends.includes(key))]
  },
  judge: history =>
    checkTransactions(
      history.map(({ command: [name, appends], startMs, endMs, result }) => ({
        name,
        appends,
        startMs,
        endMs,
        seen: result === undefined ? undefined : new Map(result),
      })),
    ),
})
