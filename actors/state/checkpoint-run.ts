import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { DirtyPass } from '../../machines/protocol/index-passes.ts'
import type { CheckpointSlices } from '../tables/checkpoint-slices.ts'
import type { Segment, SegmentInfo } from '../tables/segment.ts'
import type { StateTables } from '../tables/state-tables.ts'
import type { CheckpointHead } from './checkpoint-head.ts'

/** A checkpoint under way: first the index is gathered, then the point comes, then its segments are written. */
export interface CheckpointRun {
  readonly number: number
  readonly floor: Dependencies
  readonly pass: DirtyPass
  /** From the point on. */
  parts?: {
    readonly head: Omit<CheckpointHead, 'version' | 'state' | 'index'>
    readonly state: TablesPart
    readonly index: TablesPart
  }
  /** Segments that are not in the store yet, and the part of each. */
  readonly pending: { readonly part: TablesPart; readonly segment: Segment }[]
  /** The keys of those that are. */
  readonly added: number[]
  isWriting: boolean
  /** Whether the journal has the records of all that was executed up to the point. */
  isRecorded: boolean
  /** Whether it is durable or given up, and only clears up behind itself. */
  isSettling: boolean
  /** Whether no timer is set, since nothing can be done before an event. */
  isAsleep: boolean
}

/** A run that begins with the pass over what has changed in the index. */
export const newRun = (number: number, floor: Dependencies, pass: DirtyPass): CheckpointRun => ({
  number,
  floor,
  pass,
  pending: [],
  added: [],
  isWriting: false,
  isRecorded: false,
  isSettling: false,
  isAsleep: false,
})

/** Bytes of a run that are not in the store yet. */
export const pendingBytes = ({ pending }: CheckpointRun): number =>
  pending.reduce((sum, { segment }) => sum + segment.bytes.length, 0)

/** Whether nothing can be done before a write has ended, or before the journal has the records of what was executed. */
export function awaitsEvent(run: CheckpointRun, segmentBytesMax: number): boolean {
  const { parts } = run
  if (parts === undefined || run.isSettling) return false
  const isSliced = parts.state.isDone && parts.index.isDone
  if (run.isWriting) return isSliced || pendingBytes(run) >= segmentBytesMax
  return isSliced && run.pending.length === 0 && !run.isRecorded
}

/** One set of tables in a checkpoint under way, and where its segments lie in the store. */
export class TablesPart {
  readonly #tables: StateTables
  readonly #slices: CheckpointSlices
  /** Keys in the store by the ids of segments: those of the checkpoint before, and of this one. */
  readonly #keys: Map<number, number>
  #settling: Iterator<void> | undefined

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
    this.#settling = this.#tables.settling(true)
    this.settle()
    return new Map(this.#tables.live.map(({ id }) => [id, this.#keys.get(id)!]))
  }

  abandoned(): void {
    this.#settling = this.#tables.settling(false)
  }

  /** Clears up some of what a checkpoint leaves behind that was committed or abandoned. @returns whether all is */
  settle(): boolean {
    return this.#settling?.next().done === true
  }
}
