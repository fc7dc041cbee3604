import type { CheckpointSlices } from '../tables/checkpoint-slices.ts'
import type { Segment, SegmentInfo } from '../tables/segment.ts'
import type { StateTables } from '../tables/state-tables.ts'

/** One set of tables in a checkpoint under way, and where its segments lie in the store. */
export class TablesPart {
  readonly #tables: StateTables
  readonly #slices: CheckpointSlices
  /** Keys in the store by the ids of segments: those of the checkpoint before, and of this one. */
  readonly #keys: Map<number, number>

  constructor(tables: StateTables, number: number, segmentBytesMax: number, keys: ReadonlyMap<number, number>) {
    this.#tables = tables
    this.#slices = tables.begin(number, segmentBytesMax)
    this.#keys = new Map(keys)
  }

  get isDone(): boolean {
    return this.#slices.isDone
  }

  slice(bytesMax: number): readonly Segment[] {
    return this.#slices.slice(bytesMax)
  }

  /** Notes that a segment is in the store. Its bytes are used again: nobody reads them any more. */
  stored({ info, bytes }: Segment, key: number): void {
    this.#keys.set(info.id, key)
    this.#slices.release(bytes)
  }

  /** The segments that the checkpoint consists of. */
  get live(): readonly SegmentInfo[] {
    return this.#slices.live
  }

  /** The keys of these segments in the store, in the same order. */
  keysOf(segments: readonly SegmentInfo[]): readonly number[] {
    return segments.map(({ id }) => this.#keys.get(id)!)
  }

  /** @returns the keys of what is live from now on */
  committed(): ReadonlyMap<number, number> {
    this.#tables.committed()
    return new Map(this.#tables.live.map(({ id }) => [id, this.#keys.get(id)!]))
  }

  abandoned(): void {
    this.#tables.abandoned()
  }
}
