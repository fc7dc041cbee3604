import { has, type Say } from '../../machines/protocol/addressing.ts'
import { InvariantError, invariant } from '../../machines/protocol/errors.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message } from '../../machines/protocol/messages.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Codec } from '../../net/codec.ts'
import type { RecordWrite, WriteBatch } from '../../storage/store.ts'
import type { Entry } from './entry.ts'

/** What waits for a flush: a message to a rank, or something to do. */
type Waiting = { readonly needs: number; readonly isUnhurried?: boolean } & (
  | { readonly to: Rank; readonly message: Message }
  | { readonly run: () => void }
)

type Extra = Omit<WriteBatch, 'records'>

/** What is free to be done now: something that was waited with, or a message of mine to myself, which counts now. */
export type Released = { readonly run: () => void } | { readonly message: InstanceMessage }

/** One transaction, and what it takes with it. */
export interface Flush {
  readonly batch: WriteBatch
  /** It has ended, and nothing of it may be taken as written where there is an error. */
  ended(error: Error | null): void
}

export interface OutboxPorts {
  readonly self: Rank
  readonly n: number
  readonly codec: Codec
}

/**
 * Persist, then speak ([section 6](../../machines/protocol/README.md#section-6)): every message leaves after the flush
 * that covers all state that it reveals, taken here as all that was written up to the end of its turn. Exempt (`now`)
 * are the commits that are not my own fast path, and under the faster rule preAccepts with a reserved index. One flush
 * is in flight at a time; the next gathers behind it. The outbox does nothing by itself: flushes and frames are taken
 * from it.
 */
export class Outbox {
  readonly #ports: OutboxPorts
  readonly #dirty = new Set<Entry>()
  /** Those in the flush that is under way. */
  #flushing: ReadonlySet<Entry> = new Set()
  #extra: Extra = {}
  /** In the order in which they were said: votes leave in state order (B16). */
  #waiting: Waiting[] = []
  /** Said in this turn: they wait for all that the turn has written, even after them. */
  #turn: ({ isUnhurried?: boolean } & ({ to: Rank; message: Message } | { run: () => void }))[] = []
  /** What has waited for long enough, in its order. */
  #free: readonly Waiting[] = []
  #freeAt = 0
  /** Per rank, what leaves at the end of this turn. */
  #frames: Message[][]
  /** Per rank, what leaves with the next frame, or soon without one. */
  #riders: Message[][]
  /** How many of those that wait want a flush. */
  #hurried = 0
  #written = 0
  #durable = 0
  #inFlight = false
  /** As much was written when the last flush began that has ended well. */
  #flushedUpTo = 0
  #hasRoom = true
  #stopped = false

  constructor(ports: OutboxPorts) {
    this.#ports = ports
    this.#frames = Array.from({ length: ports.n }, () => [])
    this.#riders = Array.from({ length: ports.n }, () => [])
  }

  /** The record of an entry has changed. */
  write(entry: Entry): void {
    this.#dirty.add(entry)
    this.#written++
  }

  /** Something else has to be durable: a snapshot, a peer's identity. */
  writeExtra(extra: Extra): void {
    this.#extra = mergeExtra(this.#extra, extra)
    this.#written++
  }

  /** Says what an instance wants said, to whom and when it may leave. */
  speak({ to, message, when, isHurried }: Say): void {
    for (let rank = 0; rank < this.#ports.n; rank++) {
      if (!has(to, rank)) continue
      if (when === 'durable')
        this.#turn.push(isHurried ? { to: rank, message } : { to: rank, message, isUnhurried: true })
      else if (isHurried) this.sayNow(rank, message)
      else this.#riders[rank]!.push(message)
    }
  }

  /** Says `message` once all that this turn writes is durable. */
  say(to: Rank, message: Message): void {
    invariant(to !== this.#ports.self, () => 'what I say to myself is about an instance')
    this.#turn.push({ to, message })
  }

  /** A message of mine to myself counts once all that this turn writes is durable. */
  sayToSelf(message: InstanceMessage): void {
    this.#turn.push({ to: this.#ports.self, message })
  }

  /** Says at the end of the turn what may be forgotten here: n - f replicas have it, or section 6 exempts it, or it reveals nothing. */
  sayNow(to: Rank, message: Message): void {
    invariant(to !== this.#ports.self, () => 'what I say to myself counts once it is durable')
    this.#frames[to]!.push(message)
  }

  /** Something waits for a frame to ride on. */
  get hasRiders(): boolean {
    return this.#riders.some(each => each.length > 0)
  }

  /** Runs once all that this turn writes is durable. */
  whenDurable(run: () => void): void {
    this.#turn.push({ run })
  }

  /** As `whenDurable`, but it waits for a flush that somebody else wants, for a little. */
  whenDurableUnhurried(run: () => void): void {
    this.#turn.push({ run, isUnhurried: true })
  }

  /** What was last written of this entry is durable. */
  isDurable(entry: Entry): boolean {
    return !this.#dirty.has(entry) && !this.#flushing.has(entry)
  }

  /** A flush is under way: what is proposed now would wait behind it. */
  get isFlushing(): boolean {
    return this.#inFlight
  }

  /** The last write found room: what is said now will leave (section 4, *Live*; L4). */
  get hasRoom(): boolean {
    return this.#hasRoom
  }

  /** Records to be written and messages to be said. */
  get backlog(): number {
    return this.#dirty.size + this.#waiting.length
  }

  /** Nothing is left to be written or said. */
  get isClean(): boolean {
    return this.#durable === this.#written && !this.#inFlight && this.#waiting.length === 0
  }

  /** Something is not durable, and nobody waits for it: it may ride on a later flush, but not for ever. */
  get isLazy(): boolean {
    return this.#durable !== this.#written && !this.#inFlight && this.#hurried === 0 && this.#hasRoom
  }

  /** Somebody waits for a flush, and is in no hurry. */
  get hasUnhurried(): boolean {
    return this.#waiting.length > this.#hurried
  }

  /**
   * Takes in what this turn has said so far, and lets go of what needs nothing that is not durable yet.
   * @returns whether something was let go that may lead to more
   */
  settle(): boolean {
    this.#enqueueTurn()
    if (this.#waiting.length === 0 || this.#waiting[0]!.needs > this.#durable) return false
    this.#release()
    return true
  }

  /** What was let go, one after the other. Messages to others go to their frames meanwhile. */
  takeReleased(): Released | undefined {
    while (this.#freeAt < this.#free.length && !this.#stopped) {
      const each = this.#free[this.#freeAt++]!
      if ('run' in each) return each
      // Nothing but `sayToSelf` has put it there.
      if (each.to === this.#ports.self) return { message: each.message as InstanceMessage }
      if (each.isUnhurried) this.#riders[each.to]!.push(each.message)
      else this.#frames[each.to]!.push(each.message)
    }
    this.#free = []
    this.#freeAt = 0
    return undefined
  }

  /** Somebody waits for a flush, and there is room for it on disk as far as is known. */
  get wantsFlush(): boolean {
    return this.#hurried > 0 && this.#hasRoom
  }

  /** All that is not durable, as one transaction; undefined while one is under way, and when all is durable. */
  takeFlush(): Flush | undefined {
    if (this.#inFlight || this.#stopped || this.#written === this.#durable) return undefined
    const entries = [...this.#dirty]
    const extra = this.#extra
    this.#dirty.clear()
    this.#extra = {}
    const upTo = this.#written
    this.#inFlight = true
    this.#flushing = new Set(entries)
    const records = entries.map(entry => this.#recordOf(entry))
    return {
      batch: { records, ...extra },
      ended: error => {
        this.#inFlight = false
        this.#flushing = new Set()
        if (this.#stopped) return
        this.#hasRoom = error === null
        if (error === null) {
          records.forEach((each, at) => {
            if (each.command !== undefined) entries[at]!.payloadStored = true
          })
          this.#flushedUpTo = upTo
          return
        }
        // Of a batch that found no room nothing was written: it is all to do again.
        for (const entry of entries) this.#dirty.add(entry)
        this.#extra = mergeExtra(extra, this.#extra)
      },
    }
  }

  /** A turn begins for the flush that has ended: what it has written is durable, and what waited for it is let go. */
  flushed(): void {
    this.#durable = this.#flushedUpTo
    this.#release()
  }

  /** Nothing is written or said from here on. */
  stop(): void {
    this.#stopped = true
    this.#waiting = []
    this.#hurried = 0
    this.#turn = []
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** What leaves now, a frame a peer. */
  takeFrames(send: (to: Rank, messages: readonly Message[]) => void): void {
    this.#enqueueTurn()
    for (let rank = 0; rank < this.#frames.length; rank++)
      if (this.#frames[rank]!.length > 0) this.#takeFrame(rank, send)
  }

  /** What has waited for a frame for long enough leaves without one. */
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

  #recordOf(entry: Entry): RecordWrite {
    const { id, record } = entry
    if (record === undefined) throw new InvariantError('an entry is written before it has a record')
    const payload = entry.payloadStored ? undefined : payloadOf(record)
    return {
      epoch: id.epoch,
      rank: id.rank,
      index: id.index,
      vote: this.#ports.codec.encodeVote(record),
      command: payload === undefined ? undefined : this.#ports.codec.encodeCommand(payload),
    }
  }
}

/** The later snapshot stands; of the peers' identities all do. */
const mergeExtra = (before: Extra, after: Extra): Extra => ({
  ...before,
  ...after,
  ...(before.peers !== undefined && after.peers !== undefined ? { peers: [...before.peers, ...after.peers] } : {}),
})
