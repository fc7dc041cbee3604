import type { Id, Member, TracedCommand, TracedValue } from '../trace/format.ts'
import { idAt } from '../trace/ids.ts'
import { rankOf } from './own.ts'
import type { Instance, State } from './state.ts'

/** Looked at for one instance: a long list says no more than a short one. */
const blockersMax = 64

/**
 * What a committed instance waits for directly at a replica (section 5): members of its dependencies that conflict with it, or
 * of which nobody can say yet whether they do, and that are not executed there.
 */
export function directBlockers(state: State, member: Member, { id, cmd, decided }: Instance): readonly Id[] {
  const rank = rankOf(state, member)
  const { executed } = state.replicas[rank]!
  const found: Id[] = []
  decided?.dep.forEach((upTo, row) => {
    for (let index = executed[row]! + 1; index <= upTo && found.length < blockersMax; index++) {
      const other = idAt(state.header, row, index)
      if (other !== id && isBlocker(state, rank, cmd, other)) found.push(other)
    }
  })
  return found
}

function isBlocker(state: State, rank: number, cmd: TracedValue | undefined, other: Id): boolean {
  const instance = state.instances.get(other)
  const side = instance?.sides[rank]
  if (side?.executedMs !== undefined) return false
  if (side?.committed !== undefined && instance?.decided?.cmd === 'nop') return false
  return mayConflict(cmd, instance?.cmd)
}

/** Unless both are known not to: keys that are not named could be anything. */
export function mayConflict(a: TracedValue | undefined, b: TracedValue | undefined): boolean {
  if (a === undefined || b === undefined || a === 'nop' || b === 'nop') return true
  if (a.moreKeys !== undefined || b.moreKeys !== undefined) return true
  return meet(a.writes, b.writes) || meet(a.writes, b.reads) || meet(a.reads, b.writes) || isOwn(a) || isOwn(b)
}

/** Nothing but a session's own row: which one is not told. */
const isOwn = ({ writes, reads }: TracedCommand): boolean => writes.length === 0 && reads.length === 0

const meet = (a: readonly string[] | 'all', b: readonly string[] | 'all'): boolean =>
  a === 'all' ? b.length > 0 : b === 'all' ? a.length > 0 : a.some(key => b.includes(key))
