import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Rank } from '../../../machines/protocol/membership.ts'

/** Replicas are called by letters in schedules: A is the replica of rank 0, member 1. */
export type Letter = 'A' | 'B' | 'C' | 'D' | 'E'

export const letters: readonly Letter[] = ['A', 'B', 'C', 'D', 'E']
export const letterOf = (rank: Rank): Letter => letters[rank]!
export const rankOf = (letter: string): Rank => letters.indexOf(letter as Letter)
export const nameOf = ({ rank, index }: InstanceId): string => `${letterOf(rank)}.${index}`

/** Who sends to whom: `'A>BC'` is from A to B and from A to C; `'*>A'` is from anyone. */
export type Route = `${string}>${string}`

export interface Ends {
  readonly from: readonly Rank[]
  readonly to: readonly Rank[]
}

export function endsOf(route: Route, n: number): Ends {
  const [from, to] = route.split('>').map(side => (side === '*' ? letters.slice(0, n).join('') : side))
  const ranks = (side: string | undefined) => [...(side ?? '')].map(rankOf)
  return { from: ranks(from), to: ranks(to) }
}
