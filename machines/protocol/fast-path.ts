import { type Dependencies, sameDependencies, union } from './dependencies.ts'
import type { InstanceId } from './instance-id.ts'
import type { Quorums } from './quorums.ts'

/** The first preAcceptOk of each sender, by rank: its dependencies. The coordinator's own stands among them. */
export type PreAcceptOks = readonly (Dependencies | undefined)[]

/** The verdict on the replies to preAccept so far ([rule 3.3](./README.md#rule-3-3)). */
export type PreAcceptVerdict =
  /** n - e replies equal initDep: commit (c, initDep). */
  | 'fast'
  /** A slow quorum has answered and the fast path is impossible, or no longer waited for. */
  | 'slow'
  /** A slow quorum has answered, and the fast path may still come: a short, bounded wait. */
  | 'undecided'
  /** Not even a slow quorum has answered. */
  | 'tooFew'

/**
 * Rule 3.3, the choice between the fast and the slow path.
 * @param down replicas believed down, by rank, as bits: those without a reply count as deviating
 * @param givenUp the bounded wait for the fast path is over
 */
export function judgePreAccepts(
  replies: PreAcceptOks,
  initDep: Dependencies,
  quorums: Quorums,
  down: number,
  givenUp: boolean,
): PreAcceptVerdict {
  let answered = 0
  let equal = 0
  for (let rank = 0; rank < quorums.n; rank++) {
    const deps = replies[rank]
    if (deps === undefined) continue
    answered++
    if (sameDependencies(deps, initDep)) equal++
  }
  if (equal >= quorums.fast) return 'fast'
  if (answered < quorums.slow) return 'tooFew'
  return givenUp || !isFastPathPossible(replies, initDep, quorums, down) ? 'slow' : 'undecided'
}

/**
 * Whether the fast path can come about still, or has (rule 3.3): at most e replicas deviate.
 * @param down replicas believed down, by rank, as bits: those without a reply count as deviating
 */
export function isFastPathPossible(
  replies: PreAcceptOks,
  initDep: Dependencies,
  quorums: Quorums,
  down: number,
): boolean {
  let deviating = 0
  for (let rank = 0; rank < quorums.n; rank++) {
    const deps = replies[rank]
    if (deps === undefined ? down & (1 << rank) : !sameDependencies(deps, initDep)) deviating++
  }
  return deviating <= quorums.e
}

/** Number of further replies equal to initDep that the fast path needs (rule 3.3). */
export function lackedByFastPath(replies: PreAcceptOks, initDep: Dependencies, quorums: Quorums): number {
  let equal = 0
  for (const deps of replies) if (deps !== undefined && sameDependencies(deps, initDep)) equal++
  return quorums.fast - equal
}

/** The dependencies of the slow path: the union of all replies (rule 3.3). */
export const unionOfReplies = (id: InstanceId, initDep: Dependencies, replies: PreAcceptOks): Dependencies =>
  replies.reduce<Dependencies>((all, deps) => (deps === undefined ? all : union(id, all, deps)), initDep)
