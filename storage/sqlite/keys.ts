import type { RecordWrite } from '../store.ts'
import { checksum } from './checksum.ts'

/** Bytes of an instance's key: epoch (4), rank (1), index (6), big-endian, so that keys sort by epoch, rank and index. */
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

/** Where checksums begin, so that a value fits its own table and key only. */
export const voteSeed = (source: Uint8Array, keyAt: number): number => checksum(source, keyAt, keyAt + keyBytes, 1)
export const commandSeed = (source: Uint8Array, keyAt: number): number => checksum(source, keyAt, keyAt + keyBytes, 2)
export const singleSeed = (name: string): number => {
  const bytes = text.encode(name)
  return checksum(bytes, 0, bytes.length, 3)
}

/** Names of the single values. */
export const ownerName = 'owner'
export const snapshotName = 'snapshot'
/** How many flushes this store has taken, in decimal: what the mark is compared with. */
export const flushesName = 'flushes'
export const peerPrefix = 'peer '
