import { has, type Say } from '../../machines/protocol/addressing.ts'
import { invariant } from '../../machines/protocol/errors.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message } from '../../machines/protocol/messages.ts'
import type { Codec } from '../../net/codec.ts'
import { type Extra, type Flush, recordOf, WaitingExtra } from './batch-parts.ts'
import { DirtyEntries } from './dirty-entries.ts'
import type { Entry } from './entry.ts'

/** An item that waits for a flush: a message to a rank, or a callback. */
type Waiting = { readonly needs: number; readonly isUnhurried?: boolean } & (
  | { readonly to: Rank; readonly message: Message }
  | { readonly run: () => void }
)

/** An item that its flush has released: a callback, or a message of this replica to itself, which counts now. */
export type Released = { readonly run: () => void } | { readonly message: InstanceMessage }

export interface OutboxPorts {
  readonly self: Rank
  readonly n: number
  readonly codec: Codec
  /** Bytes of the records in one transaction, but for a single larger one. */
  readonly flushBytesMax: number
}

/**
 * The records to write and the messages to send of one replica; `Flushes` takes transactions and frames from it. It
 * exists to persist, then speak ([section 6](../../machines/protocol/README.md#section-6)): every message leaves after
 * the flush that covers all state that it reveals, taken here as all that was written up to the end of its turn. Exempt
 * (`now`) are the commits that are not my own fast path, and under the faster rule preAccepts with a reserved index.
 * One flush is in flight at a time; the next gathers behind it.
 */
export class Outbox {
  readonly #ports: OutboxPorts
  readonly #dirty = new DirtyEntries()
  /** Entries in the flush that is under way. */
  #flushing: ReadonlySet<Entry> = new Set()
  readonly #extra = new WaitingExtra()
  #flushingBytes = 0
  /** Items in the order in which they were said: votes leave in state order (B16). */
  #waiting: Waiting[] = []
  /** Items said in this turn. They wait for all its records, also for those written after them. */
  #turn: ({ isUnhurried?: boolean } & ({ to: Rank; message: Message } | { run: () => void }))[] = []
  /** Released items, in their order. */
  #free: readonly Waiting[] = []
  #freeAt = 0
  /** Per rank, the messages that leave at the end of this turn. */
  #frames: Message[][]
  /** Per rank, the messages that leave with the next frame, or soon without one. */
  #riders: Message[][]
  /** Number of waiting items that want a flush. */
  #hurried = 0
  #written = 0
  #durable = 0
  #inFlight = false
  /** Number of writes at the beginning of the last flush that succeeded. */
  #flushedUpTo = 0
  #hasRoom = true
  #stopped = false

  constructor(ports: OutboxPorts) {
    this.#ports = ports
    this.#frames = Array.from({ length: ports.n }, () => [])
    this.#riders = Array.from({ length: ports.n }, () => [])
  }

  /** Notes that the record of an entry has changed, for the next flush. */
  write(entry: Entry): void {
    this.#written++
    this.#dirty.add(entry, this.#written)
  }

  /** Adds something else to the next flush: a deletion, a peer's identity. */
  writeExtra(extra: Extra): void {
    this.#written++
    this.#extra.add(extra, this.#written)
  }

  /** Says a message of an instance to its recipients, at the time that its effect names. */
  speak({ to, message, when, isHurried }: Say): void {
    for (let rank = 0; rank < this.#ports.n; rank++) {
      if (!has(to, rank)) continue
      if (when === 'durable')
        this.#turn.push(isHurried ? { to: rank, message } : { to: rank, message, isUnhurried: true })
      else if (isHurried) this.sayNow(rank, message)
      else this.#riders[rank]!.push(message)
    }
  }

  /** Says `message` to a peer once all records of this turn are durable. */
  say(to: Rank, message: Message): void {
    invariant(to !== this.#ports.self, () => 'what I say to myself is about an instance')
    this.#turn.push({ to, message })
  }

  /** Says a message of mine to myself, which counts once all records of this turn are durable. */
  sayToSelf(message: InstanceMessage): void {
    this.#turn.push({ to: this.#ports.self, message })
  }

  /**
   * Says `message` at the end of the turn, before any flush. A crash may forget what it reveals: n - f replicas have
   * it, or section 6 exempts it, or it reveals nothing.
   */
  sayNow(to: Rank, message: Message): void {
    invariant(to !== this.#ports.self, () => 'what I say to myself counts once it is durable')
    this.#frames[to]!.push(message)
  }

  /** Whether a message waits for a frame to ride on. */
  get hasRiders(): boolean {
    return this.#riders.some(each => each.length > 0)
  }

  /** Runs a callback once all records of this turn are durable. */
  whenDurable(run: () => void): void {
    this.#turn.push({ run })
  }

  /** Like `whenDurable`, but lazily flushed: for a short time it waits for a flush that another item wants. */
  whenDurableUnhurried(run: () => void): void {
    this.#turn.push({ run, isUnhurried: true })
  }

  /** Whether the last record of this entry is durable. */
  isDurable(entry: Entry): boolean {
    return !this.#dirty.has(entry) && !this.#flushing.has(entry)
  }

  /** Whether the last write found room, so that a message said now will leave (section 4, *Live*; L4). */
  get hasRoom(): boolean {
    return this.#hasRoom
  }

  /** The backlog: records to be written and messages to be said. */
  get backlog(): number {
    return this.#dirty.size + this.#waiting.length
  }

  /** Bytes of the commands in the records that are not durable. */
  get backlogBytes(): number {
    return this.#dirty.bytes + this.#flushingBytes
  }

  /** Whether all is durable and said. */
  get isClean(): boolean {
    return this.#durable === this.#written && !this.#inFlight && this.#waiting.length === 0
  }

  /** Whether there are lazily flushed records: nothing waits for them, so they may ride on a later flush for a while. */
  get isLazy(): boolean {
    return this.#durable !== this.#written && !this.#inFlight && this.#hurried === 0 && this.#hasRoom
  }

  /** Whether an unhurried item waits for a flush. */
  get hasUnhurried(): boolean {
    return this.#waiting.length > this.#hurried
  }

  /**
   * Takes in the items said in this turn so far, and releases those whose records are all durable.
   * @returns whether an item was released that may lead to more
   */
  settle(): boolean {
    this.#enqueueTurn()
    if (this.#waiting.length === 0 || this.#waiting[0]!.needs > this.#durable) return false
    this.#release()
    return true
  }

  /** Takes the next released item. Messages to other replicas go to their frames meanwhile. */
  takeReleased(): Released | undefined {
    while (this.#freeAt < this.#free.length && !this.#stopped) {
      const each = this.#free[this.#freeAt++]!
      if ('run' in each) return each
      // Only `sayToSelf` queues messages to this replica itself.
      if (each.to === this.#ports.self) return { message: each.message as InstanceMessage }
      if (each.isUnhurried) this.#riders[each.to]!.push(each.message)
      else this.#frames[each.to]!.push(each.message)
    }
    this.#free = []
    this.#freeAt = 0
    return undefined
  }

  /** Whether an item waits for a flush, and the disk has room for it as far as is known. */
  get wantsFlush(): boolean {
    return this.#hurried > 0 && this.#hasRoom
  }

  /** The number of writes so far, and the number of those that are durable, from the first on. */
  get written(): number {
    return this.#written
  }
  get durable(): number {
    return this.#durable
  }

  /**
   * Takes records that are not durable as one transaction, the oldest first, and what else is to be written once all
   * that was written before it goes along; undefined while one is under way, and when all are durable.
   */
  takeFlush(): Flush | undefined {
    if (this.#inFlight || this.#stopped || this.#written === this.#durable) return undefined
    const taken = this.#dirty.take(this.#ports.flushBytesMax)
    const { entries } = taken
    const recordsUpTo = taken.next === undefined ? this.#written : taken.next - 1
    const { extra, upTo, putBack } = this.#extra.take(recordsUpTo)
    this.#flushingBytes = taken.bytes
    this.#inFlight = true
    this.#flushing = new Set(entries)
    const records = entries.map(entry => recordOf(entry, this.#ports.codec))
    return {
      batch: { records, ...extra },
      ended: error => {
        this.#inFlight = false
        this.#flushing = new Set()
        this.#flushingBytes = 0
        if (this.#stopped) return
        this.#hasRoom = error === null
        if (error === null) {
          records.forEach((each, at) => {
            if (each.command !== undefined) entries[at]!.payloadStored = true
          })
          this.#flushedUpTo = upTo
          return
        }
        // Nothing of a batch that found no room was written, so all of it is written again.
        taken.putBack()
        putBack()
      },
    }
  }

  /**
   * Called in the turn after a flush has ended: its records are durable, and the items that waited for it are released.
   */
  flushed(): void {
    this.#durable = this.#flushedUpTo
    this.#release()
  }

  /** Ends the outbox: nothing is written or said from here on. */
  stop(): void {
    this.#stopped = true
    this.#waiting = []
    this.#hurried = 0
    this.#turn = []
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** Sends the messages that leave now, one frame to each peer. */
  takeFrames(send: (to: Rank, messages: readonly Message[]) => void): void {
    this.#enqueueTurn()
    for (let rank = 0; rank < this.#frames.length; rank++)
      if (this.#frames[rank]!.length > 0) this.#takeFrame(rank, send)
  }

  /** Sends the messages that have waited long enough for another frame, in frames of their own. */
  takeRiders(send: (to: Rank, messages: readonly Message[]) => void): void {
    for (let rank = 0; rank < this.#riders.length; rank++)
      if (this.#riders[rank]!.length > 0) this.#takeFrame(rank, send)
  }

  #release(): void {
    const ready = this.#waiting.findIndex(each => each.needs > this.#durable)
    const free = this.#waiting.splice(0, ready < 0 ? this.#waiting.length : ready)
    for (const { isUnhurried } of free) if (!isUnhurried) this.#hurried--
    this.#free = this.#freeAt < this.#free.length ? [...this.#free.slice(this.#freeAt), ...free] : free
    this.#freeAt = 0
  }

  #enqueueTurn(): void {
    if (this.#turn.length === 0) return
    for (const each of this.#turn) {
      this.#waiting.push({ ...each, needs: this.#written })
      if (!each.isUnhurried) this.#hurried++
    }
    this.#turn = []
  }

  #takeFrame(rank: Rank, send: (to: Rank, messages: readonly Message[]) => void): void {
    if (this.#stopped) return
    const messages = this.#frames[rank]!
    const riders = this.#riders[rank]!
    this.#frames[rank] = []
    this.#riders[rank] = []
    send(rank, riders.length === 0 ? messages : [...riders, ...messages])
  }
}
