import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { OwnLife, PeerStore } from '../../machines/protocol/store-lives.ts'
import type { RecordWrite, StoreContents, StoredPromise, StoreOwner } from '../store.ts'
import type { Connection } from './connection.ts'
import { damaged, named } from './errors.ts'
import { type JournalSource, readRows } from './journal.ts'
import {
  checkpointName,
  commandSeed,
  foldedName,
  keyBytes,
  lifeName,
  ownerName,
  peerLifePrefix,
  peerPrefix,
  raisedName,
  readKey,
  reservedName,
  singleSeed,
  snapshotName,
  storeSeed,
  voteSeed,
} from './keys.ts'
import { LatestRecords } from './latest.ts'
import type { SqliteLimits } from './limits.ts'
import { recordsStatement } from './schema.ts'
import { sealBytes, unseal } from './seal.ts'
import { Segments } from './segments.ts'
import { Truncations } from './truncations.ts'

/** Records read at a time: few enough that making objects of them does not block the loop. */
const pageRecords = 2_000

const text = new TextDecoder()

/** The contents of a store, as found. */
export interface Found {
  readonly contents: Omit<StoreContents, 'checkpoint'>
  /** The number of the checkpoint that records were deleted for; 0: none. */
  readonly reliedOn: number
  readonly flushes: number
  /** The journal, and its segments. */
  readonly source: JournalSource
  readonly segments: Segments
  readonly truncations: Truncations
}

/**
 * Reads everything and verifies every checksum: the tables, and the journal beyond them.
 * @throws StoreError `storeDamaged`, which names the damaged value
 */
export async function readContents(connection: Connection, file: string, limits: SqliteLimits): Promise<Found> {
  const singles = await readSingles(connection, file)
  const take = (name: string): Uint8Array => {
    const value = singles.get(name)
    if (value === undefined) throw damaged(file, `the ${name} value`, 'it is missing')
    return value
  }
  const reservation = singles.get(reservedName)
  const reserved = reservation === undefined ? 0 : Number(text.decode(reservation))
  const own = singles.get(lifeName)
  const life = own === undefined ? undefined : (JSON.parse(text.decode(own)) as OwnLife)
  const promise = singles.get(raisedName)
  const raised = promise === undefined ? undefined : (JSON.parse(text.decode(promise)) as StoredPromise)
  const relied = singles.get(checkpointName)
  const reliedOn = relied === undefined ? 0 : Number(text.decode(relied))
  const peers = peersIn(singles)
  // Its checksum held: these are the bytes that bootstrap wrote.
  const owner = JSON.parse(text.decode(take(ownerName))) as StoreOwner
  const truncations = new Truncations()
  const latest = new LatestRecords(truncations)
  const folded = Number(text.decode(take(foldedName)))
  for await (const page of readTables(connection, file)) latest.add(folded, page)
  const flushes = await lastFlush(connection, file, folded)
  const segments = new Segments(limits, truncations)
  const source: JournalSource = { connection, file, store: storeSeed(owner.storeIdentity) }
  for await (const row of readRows(source, folded + 1, flushes)) {
    segments.append(row)
    latest.add(row.flush, row.records)
    if (row.truncate !== undefined) truncations.add(row.flush, row.truncate)
  }
  // An empty one stands for none: a checkpoint has taken its place.
  const stored = singles.get(snapshotName)
  const snapshot = stored?.length === 0 ? undefined : stored
  const contents = { owner, records: latest.sorted(), snapshot, reserved, peers, life, raised }
  return { contents, reliedOn, flushes, source, segments, truncations }
}

/** The stores by which peers are known. A program of before wrote their identities alone, and may have run since. */
function peersIn(singles: ReadonlyMap<string, Uint8Array>): Map<ReplicaId, PeerStore> {
  const peers = new Map<ReplicaId, PeerStore>()
  for (const [name, value] of singles) {
    if (!name.startsWith(peerPrefix) || value.length === 0) continue
    const member = Number(name.slice(peerPrefix.length))
    const more = singles.get(`${peerLifePrefix}${member}`)
    const lived = more === undefined ? { life: 0, token: '', tookPart: true } : JSON.parse(text.decode(more))
    peers.set(member, { storeIdentity: text.decode(value), ...lived })
  }
  return peers
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

/** @param folded the flushes up to this one are in the tables */
async function lastFlush(connection: Connection, file: string, folded: number): Promise<number> {
  const [journal] = await connection.all<{ first: number | null; last: number | null }>(
    'SELECT min(flush) AS first, max(flush) AS last FROM journal',
  )
  if (journal === undefined || journal.first === null || journal.last === null) return folded
  if (journal.first <= folded)
    throw damaged(file, 'the journal', `flush ${journal.first} is there, and those up to ${folded} were folded`)
  return journal.last
}

/** The tables' records, page after page. */
async function* readTables(connection: Connection, file: string): AsyncGenerator<RecordWrite[], void, undefined> {
  let commands = 0
  let after: Uint8Array | undefined = Buffer.alloc(0)
  while (after !== undefined) {
    const rows: { record: Buffer }[] = await connection.all(recordsStatement, after, pageRecords)
    const records = rows.map(({ record }) => readRecord(record, file))
    commands += records.filter(({ command }) => command !== undefined).length
    yield records
    after = rows.length === pageRecords ? rows.at(-1)?.record.subarray(0, keyBytes) : undefined
  }
  const [stored] = await connection.all<{ count: number }>('SELECT count(*) AS count FROM commands')
  if (stored?.count !== commands) {
    throw damaged(file, 'the commands table', `${stored?.count} commands are stored, ${commands} of them with a vote`)
  }
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
