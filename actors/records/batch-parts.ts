import { InvariantError } from '../../machines/protocol/errors.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Codec } from '../../net/codec.ts'
import type { RecordWrite, WriteBatch } from '../../storage/store.ts'
import type { Entry } from './entry.ts'

/** One transaction of the outbox: its batch, and the callback for its end. */
export interface Flush {
  readonly batch: WriteBatch
  /** Called when the transaction has ended. After an error nothing of it counts as written. */
  ended(error: Error | null): void
}

/** The parts of a transaction that are no records: a deletion, peers' identities, reserved indices, a promise. */
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

/** Merges two extras: the later value replaces the earlier, the peers' identities are united. */
const mergeExtra = (before: Extra, after: Extra): Extra => ({
  ...before,
  ...after,
  ...(before.peers !== undefined && after.peers !== undefined ? { peers: [...before.peers, ...after.peers] } : {}),
})

/** The extra of a flush, how far the writes go that the flush has all of, and what to do when it was not written. */
export interface TakenExtra {
  readonly extra: Extra
  readonly upTo: number
  readonly putBack: () => void
}

/** The extra that waits for a flush: it goes with all that was written before its last part. */
export class WaitingExtra {
  #extra: Extra = {}
  /** Numbers of its first and its last write; undefined: there is none. */
  #writes: { readonly first: number; readonly last: number } | undefined

  /** @param write the number of this write among those of the outbox */
  add(extra: Extra, write: number): void {
    this.#extra = mergeExtra(this.#extra, extra)
    this.#writes = { first: this.#writes?.first ?? write, last: write }
  }

  /** Takes what may go with all records up to a write. */
  take(recordsUpTo: number): TakenExtra {
    const writes = this.#writes
    if (writes === undefined) return { extra: {}, upTo: recordsUpTo, putBack: () => {} }
    if (writes.last > recordsUpTo)
      return { extra: {}, upTo: Math.min(recordsUpTo, writes.first - 1), putBack: () => {} }
    const extra = this.#extra
    this.#extra = {}
    this.#writes = undefined
    return {
      extra,
      upTo: recordsUpTo,
      putBack: () => {
        this.#extra = mergeExtra(extra, this.#extra)
        this.#writes = { first: writes.first, last: this.#writes?.last ?? writes.last }
      },
    }
  }
}
