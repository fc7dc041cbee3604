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
  return new Map(
    rows.map(({ name, bytes }) => [
      name,
      verified(
        () => unseal(bytes, 0, singleSeed(name)),
        file,
        () => `the ${name} value`,
      ),
    ]),
  )
}

async function readRecords(connection: Connection, file: string): Promise<RecordWrite[]> {
  const records: RecordWrite[] = []
  let after: Uint8Array = Buffer.alloc(0)
  let commands = 0
  for (;;) {
    const rows = await connection.all<{ record: Buffer }>(recordsStatement, after, pageRecords)
    for (const { record } of rows) {
      const read = readRecord(record, file)
      if (read.command !== undefined) commands++
      records.push(read)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRecords) break
    after = last.record.subarray(0, keyBytes)
  }
  const [stored] = await connection.all<{ count: number }>('SELECT count(*) AS count FROM commands')
  if (stored?.count !== commands) {
    throw damaged(file, 'the commands table', `${stored?.count} commands are stored, ${commands} of them with a vote`)
  }
  return records
}

function readRecord(record: Buffer, file: string): RecordWrite {
  const key = record.subarray(0, keyBytes)
  const id = readKey(record, 0)
  const name = (what: string) => () => `the ${what} of instance ${id.index} of rank ${id.rank} in epoch ${id.epoch}`
  const vote = verified(() => unseal(record, keyBytes, voteSeed(key)), file, name('vote'))
  const end = keyBytes + vote.length + sealBytes
  const command =
    end === record.length ? undefined : verified(() => unseal(record, end, commandSeed(key)), file, name('command'))
  return { ...id, vote, command }
}

function verified(read: () => Uint8Array, file: string, what: () => string): Uint8Array {
  try {
    return read()
  } catch (error) {
    if (error instanceof SealError) throw damaged(file, what(), error.message)
    throw error
  }
}

const damaged = (file: string, what: string, found: string): StoreError =>
  new StoreError('storeDamaged', `${file}: ${what} does not read back as it was written: ${found}`)
