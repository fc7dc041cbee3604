import type { Entry } from '../../../actors/records/entry.ts'
import { Outbox } from '../../../actors/records/outbox.ts'
import { Flushes } from '../../../actors/replica/flushes.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { Works } from '../../../actors/shared/works.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { type Store, StoreError, type StoreErrorCode, type WriteBatch } from '../../../storage/store.ts'

/** A store whose writes end when the spec says so. */
class SteppedStore implements Store {
  readonly batches: WriteBatch[] = []
  get state(): never {
    throw new Error('there is no state')
  }
  #done: ((error: StoreError | null) => void) | undefined

  open(): void {
    throw new Error('it is open')
  }

  write(batch: WriteBatch, done: (error: StoreError | null) => void): void {
    if (this.#done !== undefined) throw new Error('two writes at once')
    this.batches.push(batch)
    this.#done = done
  }

  close(done: () => void): void {
    done()
  }

  get isWriting(): boolean {
    return this.#done !== undefined
  }

  /** The write in flight is durable, or has failed. */
  end(code?: StoreErrorCode): void {
    const done = this.#done
    if (done === undefined) throw new Error('no write is in flight')
    this.#done = undefined
    done(code === undefined ? null : new StoreError(code, `the store failed: ${code}`))
  }
}

/** The outbox of rank 0 of three, in turns as the replica makes them. */
export function outboxOf({ flushBytesMax }: Pick<Limits, 'flushBytesMax'> = defaultLimits) {
  const store = new SteppedStore()
  /** `to 1: acceptOk 4, commit`: one line a frame; `self: ...` for what is delivered; and what runs. */
  const log: string[] = []
  /** When note was taken of the progress, and when it was durable. */
  const noted: string[] = []
  /** What a spec wants to happen when a message of mine comes back to me. */
  const state = { onDeliver: (_: Message): void => {} }
  let inTurn = false

  const turn = (run: () => void): void => {
    if (inTurn) {
      run()
      return
    }
    inTurn = true
    run()
    while (flushes.settle());
    flushes.endTurn()
    inTurn = false
  }
  const outbox = new Outbox({ self: 0, n: 3, codec: createCodec(defaultLimits), flushBytesMax })
  const flushes = new Flushes({
    self: 0,
    outbox,
    store,
    works: new Works(() => 0),
    tap: undefined,
    turn,
    send: (to, messages) => log.push(`to ${to}: ${messages.map(nameOf).join(', ')}`),
    stepper: {
      deliver: (_, message) => {
        log.push(`self: ${nameOf(message)}`)
        state.onDeliver(message)
        return false
      },
      retire: () => undefined,
    },
    durations: { began: () => log.push('flushing'), ended: isDurable => isDurable && log.push('flushed') },
    progress: { flushing: () => noted.push('noted'), flushed: () => noted.push('durable') },
    retirement: { flushing: () => undefined, flushed: () => undefined, hasDue: false, takeDue: function* () {} },
    failed: error => log.push(`failed: ${error.code}`),
  })
  /** What is logged meanwhile. */
  const during = (run: () => void): string[] => {
    const from = log.length
    run()
    return log.slice(from)
  }
  return {
    store,
    outbox,
    flush: () => flushes.flush(),
    log,
    noted,
    state,
    turn: (run: () => void) => during(() => turn(run)),
    durable: () => during(() => store.end()),
    fails: (code: StoreErrorCode) => during(() => store.end(code)),
    /** The ids in each batch. */
    written: () => store.batches.map(({ records }) => records.map(({ rank, index }) => `${rank}.${index}`).join(', ')),
    write: (entry: Entry) => outbox.write(entry),
  }
}

const nameOf = (message: Message): string => ('bal' in message ? `${message.type} ${message.bal}` : message.type)
