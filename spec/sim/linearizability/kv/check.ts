import { checkObject, defaultBudget, type Verdict } from '../check.ts'
import { kvModel } from './model.ts'
import type { KvOperation, Value } from './operation.ts'
import { storyOf } from './story.ts'

/** Where a history first shows that it is not linearizable. */
export interface Violation {
  readonly key: string
  /** The last completed operation of the shortest prefix of the key's history, by end, that is not linearizable. */
  readonly operation: KvOperation
  /** False when the budget was too small to rule out that it shows earlier already. */
  readonly exact: boolean
  /** Values that the key can have had before it; only some of them when there are many. */
  readonly before: readonly Value[]
  /** The few operations around it, as lines to read. */
  readonly story: readonly string[]
}

export interface HistoryVerdict {
  readonly verdict: Verdict
  readonly operations: number
  readonly keys: number
  /** Keys whose history is not linearizable. */
  readonly badKeys: readonly string[]
  /** Keys that the budget did not suffice for. */
  readonly undecidedKeys: readonly string[]
  /** Configurations visited, over all keys. */
  readonly configurations: number
  /** Of all bad keys, the one that shows it first. */
  readonly violation?: Violation
}

/**
 * Checks a history of the key-value store, key by key.
 * @param budget configurations for each key; a key that needs more is undecided.
 */
export function checkHistory(history: Iterable<KvOperation>, budget: number = defaultBudget): HistoryVerdict {
  const byKey = new Map<string, KvOperation[]>()
  let operations = 0
  let origin: bigint | undefined
  for (const op of history) {
    operations++
    if (origin === undefined || op.start < origin) origin = op.start
    const same = byKey.get(op.key)
    if (same === undefined) byKey.set(op.key, [op])
    else same.push(op)
  }
  const badKeys: string[] = []
  const undecidedKeys: string[] = []
  let configurations = 0
  let first: Omit<Violation, 'story'> | undefined
  for (const [key, ofKey] of byKey) {
    const result = checkObject(kvModel, ofKey, budget)
    configurations += result.configurations
    if (result.verdict === 'undecided') undecidedKeys.push(key)
    if (result.verdict !== 'notLinearizable') continue
    badKeys.push(key)
    const { location } = result
    if (first === undefined || location.operation.end! < first.operation.end!) first = { key, ...location }
  }
  const verdict = badKeys.length > 0 ? 'notLinearizable' : undecidedKeys.length > 0 ? 'undecided' : 'linearizable'
  const counts = { verdict, operations, keys: byKey.size, badKeys, undecidedKeys, configurations } as const
  if (first === undefined) return counts
  return { ...counts, violation: { ...first, story: storyOf(first, byKey.get(first.key)!, origin!) } }
}
