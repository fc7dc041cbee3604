/** The knowledge of a replica about one row, by which it judges what a peer names in it. */
export interface RowReach {
  /** The index up to which all are committed here. */
  readonly committed: number
  /** The highest index that the owner of the row has announced itself. */
  readonly announced: number
  /** Whether the owner is heard, and so announces what is new. */
  readonly isLive: boolean
}

/**
 * The most ids above the announced ones that a peer may name in the row of a live owner: an announcement may be late by
 * a suspicion time.
 */
export const unannouncedMax = (indexWindowMax: number): number => Math.max(16, Math.floor(indexWindowMax / 16))

/**
 * [Rule 7.3](./README.md#rule-7-3): how far a peer may name ids that are unknown here. An owner's indices lie
 * within the window above its committed prefix, and a live one announces them; of a dead one only the window is known.
 * @returns why an index lies too far; undefined for one that does not
 */
export function outOfReach(
  index: number,
  { committed, announced, isLive }: RowReach,
  indexWindowMax: number,
): 'beyondWindow' | 'unannounced' | undefined {
  if (index - committed > indexWindowMax) return 'beyondWindow'
  return isLive && index > announced + unannouncedMax(indexWindowMax) ? 'unannounced' : undefined
}
