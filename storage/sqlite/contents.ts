import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { type RecordWrite, type StoreContents, StoreError, type StoreOwner } from '../store.ts'
import type { Connection } from './connection.ts'
import {
  commandSeed,
  flushesName,
  keyBytes,
  ownerName,
  peerPrefix,
  readKey,
  singleSeed,
  snapshotName,
  voteSeed,
} from './keys.ts'
import { recordsStatement } from './schema.ts'
import { SealError, sealBytes, unseal } from './seal.ts'

/** Records read at a time: few enough that turning them into objects holds up nothing else. */
const pageRecords = 2_000

const text = new TextDecoder()

/**
 * Reads everything and verifies every checksum.
 * @throws StoreError `storeDamaged`, which names what does not fit
 */
export async function readContents(
  connection: Connection,
  file: string,
): Promise<{ contents: StoreContents; flushes: number }> {
  const singles = await readSingles(connection, file)
  const take = (name: string): Uint8Array => {
    const value = singles.get(name)
    if (value === undefined) throw damaged(file, `the ${name} value`, 'it is missing')
    return value
  }
  const peers = new Map<ReplicaId, string>()
  for (const [name, value] of singles) {
    if (name.startsWith(peerPrefix)) peers.set(Number(name.slice(peerPrefix.length)), text.decode(value))
  }
  return {
    contents: {
      // Its checksum held: it is what bootstrap wrote.
      owner: JSON.parse(text.decode(take(ownerName))) as StoreOwner,
      records: await readRecords(connection, file),
      snapshot: singles.get(snapshotName),
      peers,
    },
    flushes: Number(text.decode(take(flushesName))),
  }
}

async function readSingles(connection: Connection, file: string): Promise<Map<string, Uint8Array>> {
  const rows = await connection.all<{ name: string; bytes: Buffer }>('SELECT name, bytes FROM singles')
  const singles = new Map<string, Uint8Array>()
  for (const { name, bytes } of rows) {
    try {
      singles.set(name, unseal(bytes, 0, singleSeed(name)))
    } catch (error) {
      throw named(error, file, `the ${name} value`)
    }
  }
  return singles
}

async function readRecords(connection: Connection, file: string): Promise<RecordWrite[]> {
  const records: RecordWrite[] = []
  let commands = 0
  let after: Uint8Array | undefined = Buffer.alloc(0)
  while (after !== undefined) {
    const rows: { record: Buffer }[] = await connection.all(recordsStatement, after, pageRecords)
    for (const { record } of rows) {
      const read = readRecord(record, file)
      if (read.command !== undefined) commands++
      records.push(read)
    }
    after = rows.length === pageRecords ? rows.at(-1)?.record.subarray(0, keyBytes) : undefined
  }
  const [stored] = await connection.all<{ count: number }>('SELECT count(*) AS count FROM commands')
  if (stored?.count !== commands) {
    throw damaged(file, 'the commands table', `${stored?.count} commands are stored, ${commands} of them with a vote`)
  }
  return records
}

/**
 * A row of `recordsStatement`.
 * @throws StoreError `storeDamaged`
 */
export function readRecord(record: Buffer, file: string): RecordWrite {
  const id = readKey(record, 0)
  let reading = 'vote'
  try {
    const vote = unseal(record, keyBytes, voteSeed(record, 0))
    const end = keyBytes + vote.length + sealBytes
    reading = 'command'
    const command = end === record.length ? undefined : unseal(record, end, commandSeed(record, 0))
    return { epoch: id.epoch, rank: id.rank, index: id.index, vote, command }
  } catch (error) {
    throw named(error, file, `the ${reading} of instance ${id.index} of rank ${id.rank} in epoch ${id.epoch}`)
  }
}

const named = (error: unknown, file: string, what: string): unknown =>
  error instanceof SealError ? damaged(file, what, error.message) : error

const damaged = (file: string, what: string, found: string): StoreError =>
  new StoreError('storeDamaged', `${file}: ${what} does not read back as it was written: ${found}`)
