import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'

/** Replicas are called by letters, by rank: A, B, C. */
export const letterOf = (rank: Rank): string => 'ABCDEFGHI'[rank] ?? `rank ${rank}`

/** What production code says of instances, which knows ranks alone, in the letters of stories: `1.3 (by rank)` is `B.3`. */
export const inLetters = (text: string): string =>
  text.replace(/\b(\d+)\.(\d+) \(by rank\)/g, (_, rank: string, index: string) => `${letterOf(Number(rank))}.${index}`)

/** The instances that a text in letters is about. */
export const namesIn = (text: string): readonly string[] => text.match(/\b[A-I]\.\d+\b/g) ?? []

/** An instance as stories call it: `A.3`. */
export const nameOf = ({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): string => `${letterOf(rank)}.${index}`
