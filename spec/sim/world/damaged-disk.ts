import type { MemoryDisk } from '../../../storage/simulated/disk.ts'
import { readRecord } from '../../../storage/sqlite/contents.ts'
import { commandSeed, keyBytes, voteSeed, writeKey } from '../../../storage/sqlite/keys.ts'
import { seal, sealBytes } from '../../../storage/sqlite/seal.ts'
import type { RecordWrite } from '../../../storage/store.ts'
import type { Draw } from './random.ts'

/**
 * The disk with one bit of one of its records flipped, in the very bytes that the database would have of it: key, sealed vote
 * and sealed command. Reading it is the database's reading, checksums and all: `contents` throws a StoreError `storeDamaged`,
 * or, if no checksum noticed, returns the record as it reads now. Undefined while it has no record.
 */
export function damagedDisk(disk: MemoryDisk, draw: Draw): MemoryDisk | undefined {
  const contents = disk.contents()
  if (contents === undefined || contents.records.length === 0) return undefined
  const { records } = contents
  const place = draw.whole(0, records.length - 1)
  const row = sealedRow(records[place]!)
  const bit = draw.whole(0, row.length * 8 - 1)
  row[bit >> 3]! ^= 1 << (bit & 7)
  return {
    ...disk,
    holder: undefined,
    contents: () => ({ ...contents, records: records.with(place, readRecord(row, 'the simulated disk')) }),
  }
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
