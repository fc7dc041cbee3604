import type { MemoryDisk } from '../../../storage/simulated/disk.ts'
import { readRecord } from '../../../storage/sqlite/contents.ts'
import { commandSeed, keyBytes, voteSeed, writeKey } from '../../../storage/sqlite/keys.ts'
import { seal, sealBytes } from '../../../storage/sqlite/seal.ts'
import { sealSegment, unsealSegment } from '../../../storage/sqlite/state/rows.ts'
import type { RecordWrite } from '../../../storage/store.ts'
import type { Draw } from './random.ts'

/**
 * The disk with one bit flipped, in one of its records or in a segment of its state, in the very bytes that the database
 * would have of it. Reading it is the database's reading, checksums and all: `contents`, or `get` of the segment, throws a
 * StoreError `storeDamaged`, or, if no checksum noticed, returns what reads now. Undefined while it has neither.
 */
export function damagedDisk(disk: MemoryDisk, draw: Draw): MemoryDisk | undefined {
  const contents = disk.contents()
  const { records = [], checkpoint } = contents ?? {}
  const keys = checkpoint?.segments ?? []
  if (contents === undefined || records.length + keys.length === 0) return undefined
  const place = draw.whole(0, records.length + keys.length - 1)
  const segments = new Map(disk.segments)
  const damaged = { ...disk, holder: undefined, segments }
  if (place < records.length) {
    const row = flipped(sealedRow(records[place]!), draw)
    return { ...damaged, contents: () => ({ ...contents, records: records.with(place, readRecord(row, where)) }) }
  }
  const key = keys[place - records.length]!
  const row = flipped(sealSegment(disk.segments.get(key)!, seed, key), draw)
  segments.get = (asked: number) =>
    asked === key ? unsealSegment(row, seed, key, where) : Map.prototype.get.call(segments, asked)
  return damaged
}

const where = 'the simulated disk'
/** Of the checksums of the segments. */
const seed = 1

function flipped(row: Buffer, draw: Draw): Buffer {
  const bit = draw.whole(0, row.length * 8 - 1)
  row[bit >> 3]! ^= 1 << (bit & 7)
  return row
}

/** A record as a row of the database. */
export function sealedRow(record: RecordWrite): Buffer {
  const { vote, command } = record
  const commandBytes = command === undefined ? 0 : command.length + sealBytes
  const row = Buffer.alloc(keyBytes + vote.length + sealBytes + commandBytes)
  writeKey(row, 0, record)
  const end = seal(row, keyBytes, voteSeed(row, 0), vote)
  if (command !== undefined) seal(row, end, commandSeed(row, 0), command)
  return row
}
