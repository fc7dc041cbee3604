import type { InstanceId } from './instance-id.ts'
import type { Rank } from './membership.ts'
import { list, type TypeOf, uint } from './shape.ts'

/**
 * Dependencies as a vector v of n indices: the set { R.i : 1 <= i <= v[R] } without the id itself
 * ([section 2](./README.md#section-2)). One set, one vector: a coordinate of the own row that equals the id's own index
 * is stored one lower.
 */
export const dependencies = list(uint, 'membersMax')
export type Dependencies = TypeOf<typeof dependencies>

/** The empty set for n replicas. A Nop's dependencies are this. */
export const noDependencies = (n: number): Dependencies => new Array<number>(n).fill(0)

/** `R.i` is in the set. An id is never in its own set. */
export const includes = (deps: Dependencies, rank: Rank, index: number): boolean => index <= (deps[rank] ?? 0)

export function sameDependencies(a: Dependencies, b: Dependencies): boolean {
  if (a.length !== b.length) return false
  for (let rank = 0; rank < a.length; rank++) if (a[rank] !== b[rank]) return false
  return true
}

/** The one vector that stands for the set `deps` of instance `id`: the own coordinate never names the id itself. */
export function normalised(id: InstanceId, deps: Dependencies): Dependencies {
  return deps[id.rank] === id.index ? deps.with(id.rank, id.index - 1) : deps
}

/** The union of two sets of dependencies of instance `id`: the pointwise maximum. */
export function union(id: InstanceId, a: Dependencies, b: Dependencies): Dependencies {
  let result: number[] | undefined
  for (let rank = 0; rank < a.length; rank++) {
    if (b[rank]! > a[rank]!) {
      result ??= a.slice()
      result[rank] = b[rank]!
    }
  }
  return normalised(id, result ?? a)
}
