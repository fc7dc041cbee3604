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
export function stuck({ instances, replicas, ms }: State, olderThanMs: number, max: number): readonly Stuck[] {
  const found: Stuck[] = []
  for (const { id, rank: row, index, sides, firstMs } of instances.values()) {
    if (ms - firstMs < olderThanMs) continue
    const waiting = replicas.filter(
      ({ isUp, rank, executed }) =>
        isUp && sides[rank] !== undefined && sides[rank].executedMs === undefined && executed[row]! < index,
    )
    if (waiting.length === 0) continue
    const { member } = waiting.find(({ rank }) => rank === row) ?? waiting[0]!
    found.push({ id, at: member, forMs: ms - firstMs })
    if (found.length >= 4 * max) break
  }
  found.sort((a, b) => b.forMs - a.forMs)
  return found.slice(0, max)
}
