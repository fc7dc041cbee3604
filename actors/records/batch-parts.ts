import { InvariantError } from '../../machines/protocol/errors.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Codec } from '../../net/codec.ts'
import type { RecordWrite, WriteBatch } from '../../storage/store.ts'
import type { Entry } from './entry.ts'

/** The parts of a transaction that are no records: a snapshot, a deletion, peers' identities, reserved indices. */
export type Extra = Omit<WriteBatch, 'records'>

/** The row of an entry as it stands now. Its payload is part of it until that is stored. */
export function recordOf({ id, record, payloadStored }: Entry, codec: Codec): RecordWrite {
  if (record === undefined) throw new InvariantError('an entry is written before it has a record')
  const payload = payloadStored ? undefined : payloadOf(record)
  return {
    epoch: id.epoch,
    rank: id.rank,
    index: id.index,
    vote: codec.encodeVote(record),
    command: payload === undefined ? undefined : codec.encodeCommand(payload),
  }
}

/** Merges two extras: the later snapshot replaces the earlier, the peers' identities are united. */
export const mergeExtra = (before: Extra, after: Extra): Extra => ({
  ...before,
  ...after,
  ...(before.peers !== undefined && after.peers !== undefined ? { peers: [...before.peers, ...after.peers] } : {}),
})
