import type { MemberVerdict } from '../../../../machines/protocol/recovery.ts'

/** A reply to recover, as small as rule 4.3 can tell them apart. */
export type Letter = 'none' | 'initial' | 'agrees' | 'deviates' | 'accepted0' | 'accepted4' | 'nop5' | 'committed'
export const letters: readonly Letter[] = [
  'none',
  'initial',
  'agrees',
  'deviates',
  'accepted0',
  'accepted4',
  'nop5',
  'committed',
]

const abalOf = (letter: Letter): number => (letter === 'accepted4' ? 4 : letter === 'nop5' ? 5 : 0)

/** [Rule 4.3](../../../../machines/protocol/README.md#rule-4-3) of the protocol, clause by clause, told in words. */
export function literalRecover(
  { n, f, e }: { n: number; f: number; e: number },
  coordinator: number,
  replies: readonly Letter[],
): string {
  const Q = new Map([...replies.entries()].filter(([, letter]) => letter !== 'none'))
  if (Q.size < n - f) return 'too few'
  const U = [...Q.values()].filter(mine => [...Q.values()].every(theirs => abalOf(theirs) <= abalOf(mine)))

  // 1: someone in Q (not only in U) is committed.
  for (const letter of Q.values()) if (letter === 'committed') return 'commit the committed'
  // 2: someone in U is accepted.
  for (const letter of U)
    if (letter === 'accepted0' || letter === 'accepted4' || letter === 'nop5') return `accept ${letter}`
  // 3: the initial coordinator is in Q.
  if (Q.has(coordinator)) return 'accept nop'
  // 4: R, and the actual size of Q.
  const R = [...Q.values()].filter(letter => letter === 'agrees')
  if (R.length >= Q.size - e) return `validate ${[...Q.keys()]} with ${R.length}`
  // 5.
  return 'accept nop'
}

/** Rule 4.5.1 to 4.5.3, with I as a list of (rank of the initial coordinator, committed). */
export function literalValidated(
  e: number,
  quorum: ReadonlySet<number>,
  k: number,
  I: readonly (readonly [number, boolean])[],
): string {
  if (I.length === 0) return 'accept the candidate'
  const hasCommitted = I.some(([, committed]) => committed)
  const hasOutsider = I.some(([rank]) => !quorum.has(rank))
  if (hasCommitted) return 'accept nop'
  if (k === quorum.size - e && hasOutsider) return 'accept nop'
  return 'wait'
}

/** Everything that rule 4.5.3 lets end the wait; nothing when it goes on. The late replies have an order of their own. */
export function literalWait(
  threshold: number,
  members: readonly { readonly verdict: MemberVerdict | undefined; readonly waitingK: number }[],
  late: readonly { readonly letter: Letter; readonly isCoordinator: boolean }[],
): ReadonlySet<string> {
  const ends = new Set<string>()
  if (members.some(({ verdict }) => verdict === 'invalidates')) ends.add('accept nop')
  if (members.every(({ verdict }) => verdict === 'settled')) ends.add('accept the candidate')
  if (members.some(({ waitingK }) => waitingK > threshold)) ends.add('accept nop')
  const heard = late.filter(({ letter }) => letter !== 'none')
  const highest = Math.max(...heard.map(({ letter }) => abalOf(letter)))
  const accepted = heard.find(({ letter }) => /^(accepted|nop)/.test(letter) && abalOf(letter) === highest)
  if (heard.some(({ letter }) => letter === 'committed')) ends.add('commit the committed')
  else if (accepted !== undefined) ends.add(`accept ${accepted.letter}`)
  else if (heard.some(({ isCoordinator }) => isCoordinator)) ends.add('accept nop')
  return ends
}
