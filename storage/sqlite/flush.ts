import type { WriteBatch } from '../store.ts'
import type { Connection, Parameter } from './connection.ts'
import { packRow } from './journal.ts'
import { checkpointName, lifeName, peerLifePrefix, peerPrefix, raisedName, reservedName, snapshotName } from './keys.ts'
import { RowBuffer } from './row-buffer.ts'
import { appendStatement, flushStatement } from './schema.ts'
import { type Single, spread } from './spread.ts'

/** Makes batches durable, each in one statement. */
export interface Flusher {
  /**
   * @param flush its number: 1 for the first of the store
   * @param done with SQLite's error
   */
  write(batch: WriteBatch, flush: number, done: (error: Error | null) => void): FlushSize
  finalize(): Promise<void>
}

export interface FlushSize {
  readonly rowBytes: number
  /** Bytes written, those outside the journal included. */
  readonly bytes: number
}

/** @param store its seed (`storeSeed`) */
export async function prepareFlusher(connection: Connection, store: number): Promise<Flusher> {
  const append = await connection.prepare(appendStatement)
  const flushAny = await connection.prepare(flushStatement)
  const buffer = new RowBuffer()
  return {
    write(batch, flush, done) {
      const row = packRow(batch, flush, store, buffer)
      if (isOfRecords(batch)) {
        append.run([flush, row], done)
        return { rowBytes: row.length, bytes: row.length }
      }
      const [data, ...lists] = packRest(batch)
      flushAny.run([flush, row, data, ...lists], done)
      return { rowBytes: row.length, bytes: row.length + data.length }
    },
    async finalize() {
      await append.finalize()
      await flushAny.finalize()
    },
  }
}

const isOfRecords = ({ snapshot, reserved, peers, life, raised, checkpoint }: WriteBatch): boolean =>
  snapshot === undefined &&
  reserved === undefined &&
  checkpoint === undefined &&
  peers === undefined &&
  life === undefined &&
  raised === undefined

const text = new TextEncoder()

/**
 * Packs the changes of a batch beside the journal: the snapshot, the reservation, the peers, the life, the promise, and the
 * checkpoint relied on.
 */
function packRest({
  snapshot,
  reserved,
  peers = [],
  life,
  raised,
  checkpoint,
}: WriteBatch): readonly [data: Buffer, ...lists: Parameter[]] {
  const singles: Single[] = []
  // A name stands once in a row: the last one counts.
  for (const [, peer] of new Map(peers.map(each => [each.member, each]))) {
    const { member, storeIdentity, life, token, tookPart } = peer
    singles.push([`${peerPrefix}${member}`, text.encode(storeIdentity)])
    singles.push([`${peerLifePrefix}${member}`, text.encode(JSON.stringify({ life, token, tookPart }))])
  }
  if (life !== undefined) singles.push([lifeName, text.encode(JSON.stringify(life))])
  if (raised !== undefined) singles.push([raisedName, text.encode(JSON.stringify(raised))])
  if (checkpoint !== undefined) singles.push([checkpointName, text.encode(String(checkpoint))])
  if (snapshot !== undefined) singles.push([snapshotName, snapshot])
  if (reserved !== undefined) singles.push([reservedName, text.encode(String(reserved))])
  const { data, singles: places } = spread(singles)
  return [data, places]
}
