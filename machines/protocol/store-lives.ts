/** A life of a member's store: each start of the member begins one, once the one before was let in anywhere. */
export interface StoreLife {
  /** Random name of the store: another one is another disk. */
  readonly storeIdentity: string
  /** Number of the life, from 1 up; 0 of a member whose version knows of none. */
  readonly life: number
  /** Random name of the life, which a copy of the store cannot have drawn too. */
  readonly token: string
}

/** The life of the own store. */
export interface OwnLife extends Pick<StoreLife, 'life' | 'token'> {
  /** A peer has let this replica in, so that it may have said something in this life. */
  readonly isLetIn: boolean
}

/** The store by which a peer is known. */
export interface PeerStore extends StoreLife {
  /** It has told something of an instance: what it voted may count. */
  readonly tookPart: boolean
}

/** The claim of a member that greets: a life of its store, and how far the store was at its beginning. */
export interface StoreClaim extends StoreLife {
  /** Per row, the index up to which all are durably executed. */
  readonly executed: readonly number[]
  /** Its highest own index. */
  readonly ownIndex: number
}

/** The progress that a member has told of itself, as durable. */
export type ToldProgress = Pick<StoreClaim, 'executed' | 'ownIndex'>

/**
 * The judgement of a claim ([S1](README.md#rule-s1)). `known`: the life that it is known by. `later`: a later one of the same store.
 * `foreign`: another store. `wentBack`: a life before the known one, or a store that has lost what its member told.
 * `twice`: the known life, begun by another process.
 */
export type Judgement = 'known' | 'later' | 'foreign' | 'wentBack' | 'twice'

/**
 * Judges the claim of a member (S1).
 * @param known the life that the member is known by; undefined for none
 * @param told the progress that it told last, if it was heard
 */
export function judge(known: StoreLife | undefined, claim: StoreClaim, told: ToldProgress | undefined): Judgement {
  if (known === undefined) return 'later'
  if (known.storeIdentity !== claim.storeIdentity) return 'foreign'
  if (claim.life < known.life) return 'wentBack'
  if (claim.life === known.life) return claim.token === known.token ? 'known' : 'twice'
  return told !== undefined && isBehind(claim, told) ? 'wentBack' : 'later'
}

/** Whether a store lacks what its member told. A member of an older version claims nothing of its progress. */
function isBehind({ executed, ownIndex }: ToldProgress, told: ToldProgress): boolean {
  if (executed.length === 0) return false
  return ownIndex < told.ownIndex || told.executed.some((index, rank) => (executed[rank] ?? 0) < index)
}

/** The life that a member begins on a store. A life that nobody has let in is begun again: nothing was said in it. */
export function nextLife(before: OwnLife | undefined, draw: () => string): OwnLife {
  if (before !== undefined && !before.isLetIn) return before
  return { life: (before?.life ?? 0) + 1, token: draw(), isLetIn: false }
}
