import type { Id, Member } from '../trace/format.ts'
import type { State } from './state.ts'

/** An instance that somebody who runs has not executed. */
export interface Stuck {
  readonly id: Id
  /** Where: its coordinator, if it waits there, too. */
  readonly at: Member
  /** Since it was first heard of, ms. */
  readonly forMs: number
}

/** Instances that wait for longer than `olderThanMs`, the oldest first. */
export function stuck({ instances, replicas, links, ms }: State, olderThanMs: number, max: number): readonly Stuck[] {
  const found: Stuck[] = []
  // What somebody has not heard of he may hear of yet, unless he answers nobody.
  const silent = replicas.flatMap(({ rank }) =>
    replicas.some(each => each.isUp && links[each.rank]![rank]!.state === 'suspected') ? [rank] : [],
  )
  for (const { id, rank: row, index, sides, firstMs } of instances.values()) {
    if (ms - firstMs < olderThanMs) continue
    const waiting = replicas.filter(({ isUp, rank, executed }) => {
      if (!isUp || executed[row]! >= index) return false
      const side = sides[rank]
      return side === undefined ? silent.includes(rank) : side.executedMs === undefined
    })
    if (waiting.length === 0) continue
    const { member } = waiting.find(({ rank }) => rank === row) ?? waiting[0]!
    found.push({ id, at: member, forMs: ms - firstMs })
    if (found.length >= 4 * max) break
  }
  found.sort((a, b) => b.forMs - a.forMs)
  return found.slice(0, max)
}
