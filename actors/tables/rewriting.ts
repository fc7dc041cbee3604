import { type RawTable, slotsOfATable } from './raw-table.ts'
import type { SegmentInfo } from './segment.ts'

/** Live segments may be so many times the state before slots are written anew. */
const bytesPerStateMax = 1.25
/** Segments that may be live however small they are. */
const segmentsMin = 64

/** The slots of each table that a checkpoint writes anew. */
export type Rewritten = ReadonlyMap<RawTable, Uint8Array>

export interface RewritingInput {
  readonly tables: ReadonlyMap<string, RawTable>
  /** In the order of their ids. */
  readonly live: readonly SegmentInfo[]
  /** Bytes of what changed since the last checkpoint. */
  readonly deltaBytes: number
  readonly segmentBytesMax: number
}

/**
 * Chooses the slots that a checkpoint writes anew (`base`), as a log is cleaned: those of the oldest live segments, as
 * many as have about the bytes of the deltas. A segment goes when all its slots were written anew. So each write costs
 * about two on disk, and the segments are at most about two and a half times the state, with whatever keys change most.
 */
export function chooseRewritten({ tables, live, deltaBytes, segmentBytesMax }: RewritingInput): Rewritten {
  const rewritten = new Map<RawTable, Uint8Array>()
  let state = 0
  for (const table of tables.values()) {
    state += table.bytes
    // A table without segments is written whole, or nothing would say what its slots hold.
    if (!live.some(segment => segment.table === table.name)) rewritten.set(table, new Uint8Array(slotsOfATable).fill(1))
  }
  const bytes = live.reduce((sum, { size }) => sum + size, deltaBytes)
  const isMuch = bytes > bytesPerStateMax * state + 2 * segmentBytesMax
  const isMany = live.length > segmentsMin + (4 * state) / segmentBytesMax
  if (!isMuch && !isMany) return rewritten
  let left = isMany ? Math.max(deltaBytes, segmentBytesMax) : deltaBytes
  for (const { table: name, from, to, checkpoint } of live) {
    const table = tables.get(name)!
    const marks = rewritten.get(table) ?? new Uint8Array(slotsOfATable)
    rewritten.set(table, marks)
    for (let at = from; at <= to && left > 0; at++) {
      if (marks[at] === 1 || table.basedAt[at]! > checkpoint) continue
      marks[at] = 1
      left -= table.slots[at]?.kept ?? 0
    }
    if (left <= 0) break
  }
  return rewritten
}
