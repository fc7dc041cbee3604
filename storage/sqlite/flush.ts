import type { RecordWrite, WriteBatch } from '../store.ts'
import type { Parameter } from './connection.ts'
import {
  commandSeed,
  flushesName,
  keyBytes,
  ownerName,
  peerPrefix,
  singleSeed,
  snapshotName,
  voteSeed,
  writeKey,
} from './keys.ts'
import { seal, sealBytes } from './seal.ts'

/** All keys and values end to end, and the lists that say where. */
export type FlushParameters = readonly [data: Buffer, ...lists: Parameter[]]

type Single = readonly [name: string, value: Uint8Array]

const text = new TextEncoder()

/**
 * A batch as the parameters of `flushStatement`.
 * @param flushes the number of this flush: 1 for the first of the store
 */
export function packFlush(batch: WriteBatch, flushes: number): FlushParameters {
  const singles: Single[] = [[flushesName, text.encode(String(flushes))]]
  if (batch.snapshot !== undefined) singles.push([snapshotName, batch.snapshot])
  for (const peer of batch.peers ?? []) {
    singles.push([`${peerPrefix}${peer.member}`, text.encode(peer.storeIdentity)])
  }
  return pack(batch.records, singles, batch.truncate)
}

/** A new store's first values, likewise. */
export function packOwner(owner: Uint8Array, snapshot: Uint8Array | undefined): FlushParameters {
  const singles: Single[] = [
    [ownerName, owner],
    [flushesName, text.encode('0')],
  ]
  if (snapshot !== undefined) singles.push([snapshotName, snapshot])
  return pack([], singles)
}

type Truncate = NonNullable<WriteBatch['truncate']>

function pack(
  records: readonly RecordWrite[],
  singles: readonly Single[],
  truncate: Truncate = { epoch: 0, upTo: [] },
): FlushParameters {
  const data = Buffer.allocUnsafe(sizeOf(records, singles) + truncate.upTo.length * 2 * keyBytes)
  let at = 0
  const put = (record: RecordWrite, value: Uint8Array, seedOf: typeof voteSeed): string => {
    const begin = at
    writeKey(data, begin, record)
    at = seal(data, begin + keyBytes, seedOf(data, begin), value)
    return `"${begin + 1}":${value.length + sealBytes}`
  }
  const votes: string[] = []
  const commands: string[] = []
  for (const record of records) {
    votes.push(put(record, record.vote, voteSeed))
    if (record.command !== undefined) commands.push(put(record, record.command, commandSeed))
  }
  const others: string[] = []
  for (const [name, value] of singles) {
    others.push(`["${name}",${at + 1},${value.length + sealBytes}]`)
    at = seal(data, at, singleSeed(name), value)
  }
  const gone = truncate.upTo.map((index, rank) => {
    const begin = at
    writeKey(data, begin, { epoch: truncate.epoch, rank, index: 0 })
    writeKey(data, begin + keyBytes, { epoch: truncate.epoch, rank, index })
    at += 2 * keyBytes
    return `[${begin + 1},${begin + keyBytes + 1}]`
  })
  return [data, `{${votes.join()}}`, `{${commands.join()}}`, `[${others.join()}]`, `[${gone.join()}]`]
}

function sizeOf(records: readonly RecordWrite[], singles: readonly Single[]): number {
  let size = 0
  for (const { vote, command } of records) {
    size += keyBytes + vote.length + sealBytes
    if (command !== undefined) size += keyBytes + command.length + sealBytes
  }
  for (const [, value] of singles) size += value.length + sealBytes
  return size
}
