import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'

/** Replicas are called by letters, by rank: A, B, C. */
export const letterOf = (rank: Rank): string => 'ABCDEFGHI'[rank] ?? `rank ${rank}`

/** An instance as stories call it: `A.3`. */
export const nameOf = ({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): string => `${letterOf(rank)}.${index}`
