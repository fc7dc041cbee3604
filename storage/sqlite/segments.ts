import type { Row } from './journal.ts'
import type { InstanceOf } from './keys.ts'
import type { SqliteLimits } from './limits.ts'
import type { Truncations } from './truncations.ts'

/** Rows of the journal, one after another, that are folded together. */
export interface Segment {
  readonly first: number
  last: number
  bytes: number
  /** For each row of each epoch, the highest instance written here. */
  readonly highest: Map<number, InstanceOf>
}

/**
 * The segments of the journal, from the oldest flush on: enough to know which one to fold, and whether to read it
 * first.
 */
export class Segments {
  readonly #limits: SqliteLimits
  readonly #truncations: Truncations
  readonly #segments: Segment[] = []
  #bytes = 0

  constructor(limits: SqliteLimits, truncations: Truncations) {
    this.#limits = limits
    this.#truncations = truncations
  }

  /** Called when the next row was written. */
  append({ flush, records, bytes }: Pick<Row, 'flush' | 'records' | 'bytes'>): void {
    const segment = this.#latest(flush)
    segment.last = flush
    segment.bytes += bytes
    this.#bytes += bytes
    for (const id of records) {
      const row = id.epoch * 256 + id.rank
      const highest = segment.highest.get(row)
      if (highest === undefined || highest.index < id.index)
        segment.highest.set(row, { epoch: id.epoch, rank: id.rank, index: id.index })
    }
  }

  /** The segment to fold now: the oldest one, once it is dead or the journal too long. */
  get due(): Segment | undefined {
    const [oldest, next] = this.#segments
    // The latest still grows.
    if (oldest === undefined || next === undefined) return undefined
    return this.#bytes > this.#limits.journalBytesMax || this.isDead(oldest) ? oldest : undefined
  }

  /** Whether truncations leave nothing of a segment. */
  isDead({ last, highest }: Segment): boolean {
    for (const id of highest.values()) if (!this.#truncations.isGone(last, id)) return false
    return true
  }

  /** Called when the oldest segment is in the tables. */
  folded(): void {
    this.#bytes -= this.#segments.shift()?.bytes ?? 0
  }

  #latest(flush: number): Segment {
    const latest = this.#segments.at(-1)
    if (latest !== undefined && latest.bytes < this.#limits.segmentBytes) return latest
    const segment: Segment = { first: flush, last: flush, bytes: 0, highest: new Map() }
    this.#segments.push(segment)
    return segment
  }
}
