import type { RecordWrite, WriteBatch } from '../store.ts'
import type { Connection } from './connection.ts'
import { damaged, named } from './errors.ts'
import { flushSeed, keyBytes, readKey, writeKey } from './keys.ts'
import type { RowBuffer } from './row-buffer.ts'
import { sealAround, sealBeginBytes, sealBytes, unseal } from './seal.ts'
import type { Truncate } from './truncations.ts'

/**
 * A row of the journal holds the records of one flush, in their order, sealed with the flush's number and its store.
 * Each item begins with its kind: a vote is `kind key length vote`, with a command `... length command` follows, and a
 * truncation is `kind epoch (4) count (1)` and so many indices (6).
 */
const kinds = { vote: 1, voteAndCommand: 2, truncation: 3 } as const

/** The contents of a row. */
export interface Row {
  readonly flush: number
  /** In the order in which they were written; the bytes are views of the row's. */
  readonly records: readonly RecordWrite[]
  /** Comes after the records. */
  readonly truncate: Truncate | undefined
  /** Size of the row. */
  readonly bytes: number
}

const indexBytes = 6
const lengthBytes = 4

/**
 * The bytes of a flush's row, valid until the next is packed into the same buffer.
 * @param store its seed (`storeSeed`)
 */
export function packRow({ records, truncate }: WriteBatch, flush: number, store: number, buffer: RowBuffer): Buffer {
  const row = buffer.take(sealBytes + sizeOf(records, truncate))
  let at = sealBeginBytes
  const put = (value: Uint8Array) => {
    row.writeUInt32BE(value.length, at)
    row.set(value, at + lengthBytes)
    at += lengthBytes + value.length
  }
  for (const record of records) {
    row[at] = record.command === undefined ? kinds.vote : kinds.voteAndCommand
    writeKey(row, at + 1, record)
    at += 1 + keyBytes
    put(record.vote)
    if (record.command !== undefined) put(record.command)
  }
  if (truncate !== undefined) {
    row[at] = kinds.truncation
    row.writeUInt32BE(truncate.epoch, at + 1)
    row[at + 5] = truncate.upTo.length
    at += 6
    for (const index of truncate.upTo) at = row.writeUIntBE(index, at, indexBytes)
  }
  sealAround(row, 0, flushSeed(store, flush), at - sealBeginBytes)
  return row
}

function sizeOf(records: readonly RecordWrite[], truncate: Truncate | undefined): number {
  let size = truncate === undefined ? 0 : 6 + truncate.upTo.length * indexBytes
  for (const { vote, command } of records) {
    size += 1 + keyBytes + lengthBytes + vote.length
    if (command !== undefined) size += lengthBytes + command.length
  }
  return size
}

/** @throws SealError when they are not the bytes of this flush of this store */
function unpackRow(bytes: Buffer, flush: number, store: number): Row {
  const { buffer, byteOffset, length } = unseal(bytes, 0, flushSeed(store, flush))
  const value = Buffer.from(buffer, byteOffset, length)
  const records: RecordWrite[] = []
  let truncate: Truncate | undefined
  let at = 0
  const take = (): Uint8Array => {
    const begin = at + lengthBytes
    at = begin + value.readUInt32BE(at)
    return new Uint8Array(buffer, byteOffset + begin, at - begin)
  }
  while (at < length) {
    const kind = value[at]
    at += 1
    if (kind === kinds.truncation) {
      const epoch = value.readUInt32BE(at)
      const first = at + 5
      truncate = {
        epoch,
        upTo: Array.from({ length: value[at + 4]! }, (_, rank) =>
          value.readUIntBE(first + rank * indexBytes, indexBytes),
        ),
      }
      at = first + truncate.upTo.length * indexBytes
    } else {
      const id = readKey(value, at)
      at += keyBytes
      const vote = take()
      records.push({ ...id, vote, command: kind === kinds.voteAndCommand ? take() : undefined })
    }
  }
  return { flush, records, truncate, bytes: bytes.length }
}

/** The source of rows. */
export interface JournalSource {
  readonly connection: Connection
  readonly file: string
  /** The store's seed. */
  readonly store: number
}

/** Rows read at a time: few enough that making objects of them does not block the loop. */
const pageRows = 200

/**
 * The journal's rows from `first` to `last`, every one of them.
 * @throws StoreError `storeDamaged` when one is missing, or does not read back as it was written
 */
export async function* readRows(
  { connection, file, store }: JournalSource,
  first: number,
  last: number,
): AsyncGenerator<Row, void, undefined> {
  let expected = first
  while (expected <= last) {
    const rows: { flush: number; bytes: Buffer }[] = await connection.all(
      'SELECT flush, bytes FROM journal WHERE flush BETWEEN ? AND ? ORDER BY flush LIMIT ?',
      expected,
      last,
      pageRows,
    )
    if (rows.length === 0) throw damaged(file, nameOf(expected), 'it is missing')
    for (const { flush, bytes } of rows) {
      if (flush !== expected) throw damaged(file, nameOf(expected), `it is missing, and flush ${flush} is there`)
      yield readRow(bytes, flush, store, file)
      expected++
    }
  }
}

function readRow(bytes: Buffer, flush: number, store: number, file: string): Row {
  try {
    return unpackRow(bytes, flush, store)
  } catch (error) {
    throw named(error, file, nameOf(flush))
  }
}

const nameOf = (flush: number): string => `flush ${flush} in the journal`
