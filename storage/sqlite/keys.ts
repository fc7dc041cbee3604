import type { RecordWrite } from '../store.ts'
import { checksum } from './checksum.ts'

/**
 * Bytes of an instance's key: epoch (4), rank (1), index (6), big-endian, so that keys sort by epoch, rank and index.
 */
export const keyBytes = 11

const text = new TextEncoder()

export type InstanceOf = Pick<RecordWrite, 'epoch' | 'rank' | 'index'>

export function writeKey(target: Buffer, offset: number, { epoch, rank, index }: InstanceOf): void {
  target.writeUInt32BE(epoch, offset)
  target.writeUInt8(rank, offset + 4)
  target.writeUIntBE(index, offset + 5, 6)
}

export const readKey = (source: Buffer, offset: number): InstanceOf => ({
  epoch: source.readUInt32BE(offset),
  rank: source.readUInt8(offset + 4),
  index: source.readUIntBE(offset + 5, 6),
})

export const nameOfId = ({ epoch, rank, index }: InstanceOf): string => `${epoch}.${rank}.${index}`

/** Compares ids in the order of their keys. */
export const compareIds = (a: InstanceOf, b: InstanceOf): number =>
  a.epoch - b.epoch || a.rank - b.rank || a.index - b.index

/** Seeds of checksums, so that a value fits its own table and key only. */
export const voteSeed = (source: Uint8Array, keyAt: number): number => checksum(source, keyAt, keyAt + keyBytes, 1)
export const commandSeed = (source: Uint8Array, keyAt: number): number => checksum(source, keyAt, keyAt + keyBytes, 2)
export const singleSeed = (name: string): number => {
  const bytes = text.encode(name)
  return checksum(bytes, 0, bytes.length, 3)
}
/**
 * The seed of a store, so that rows of the journal fit their own store only: rows of another store's log do not pass
 * for its own.
 */
export const storeSeed = (storeIdentity: string): number => {
  const bytes = text.encode(storeIdentity)
  return checksum(bytes, 0, bytes.length, 4)
}
/** The seed of a row of the journal: its place among all flushes of its store. */
export const flushSeed = (store: number, flush: number): number => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(flush)
  return checksum(bytes, 0, bytes.length, store)
}

/** The seed of a segment of the state: its key in its own store. */
export const segmentSeed = (store: number, key: number): number => flushSeed(store ^ 5, key)
/** The seed of the checkpoint of a store. */
export const checkpointSeed = (store: number): number => flushSeed(store ^ 6, 0)

/** Names of the single values. */
export const ownerName = 'owner'
export const snapshotName = 'snapshot'
/** Number of own indices reserved, in decimal. */
export const reservedName = 'reserved'
/** Number of flushes in the tables, in decimal; later ones are in the journal. */
export const foldedName = 'folded'
export const peerPrefix = 'peer '
/** The life by which the peer is known, and whether it took part, as JSON. Programs of before know identities alone. */
export const peerLifePrefix = 'peerlife '
/** The life of this store, as JSON. */
export const lifeName = 'life'
/** The promise about D0, as JSON. */
export const raisedName = 'raised'
/** The number of the checkpoint that deletions rely on, in decimal. */
export const checkpointName = 'checkpoint'
