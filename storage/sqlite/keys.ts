import { crc32 } from 'node:zlib'
import type { RecordWrite } from '../store.ts'

/** Bytes of an instance's key: epoch (4), rank (1), index (6), big-endian, so that keys sort by epoch, rank and index. */
export const keyBytes = 11

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
export const voteSeed = (key: Uint8Array): number => crc32(key, 1)
export const commandSeed = (key: Uint8Array): number => crc32(key, 2)
export const singleSeed = (name: string): number => crc32(name, 3)

/** Names of the single values. */
export const ownerName = 'owner'
export const snapshotName = 'snapshot'
/** How many flushes this store has taken, in decimal: what the mark is compared with. */
export const flushesName = 'flushes'
export const peerPrefix = 'peer '
