import { InvariantError, invariant } from '../../machines/protocol/errors.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Codec } from '../../net/codec.ts'
import type { RecordWrite, Store, StoreError, WriteBatch } from '../../storage/store.ts'
import type { Entry } from './ledger.ts'

/** What waits for a flush: a message to a rank, or something to do. */
type Waiting = { readonly needs: number; readonly isUnhurried?: boolean } & (
  | { readonly to: Rank; readonly message: Message }
  | { readonly run: () => void }
)

type Extra = Omit<WriteBatch, 'records'>

export interface OutboxPorts {
  readonly self: Rank
  readonly n: number
  readonly store: Store
  readonly codec: Codec
  /** One frame to a peer. */
  send(to: Rank, messages: readonly Message[]): void
  /** A message of mine to myself, now that it counts. */
  deliver(message: Message): void
  /** Runs a piece of work as one turn. */
  turn(run: () => void): void
  /** A flush begins: what is in memory now is durable when it ends. */
  flushing(records: number): void
  /** @param error the flush came to nothing */
  ended(error: Error | undefined): void
  flushed(): void
  /** The store failed: nothing may be said any more. `full` may pass by itself. */
  failed(error: StoreError): void
}

/**
 * Persist, then speak (protocol.md section 6): every message leaves after the flush that covers all state that it
 * reveals, taken here as all that was written up to the end of its turn. Exempt (`sayNow`) are the commits that are not
 * my own fast path, and under the faster rule preAccepts with a reserved index. One flush is in flight at a time; the next gathers behind it.
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
  /** Per rank, what leaves at the end of this turn. */
  #frames: Message[][]
  /** Per rank, what leaves with the next frame, or soon without one. */
  #riders: Message[][]
  /** How many of those that wait want a flush. */
  #hurried = 0
  #written = 0
  #durable = 0
  #inFlight = false
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

  /** Says `message` once all that this turn writes is durable. To oneself: it is delivered then. */
  say(to: Rank, message: Message): void {
    this.#turn.push({ to, message })
  }

  /** As `say`, but it waits for a flush that somebody else wants, and for a frame to ride on, for a little. */
  sayUnhurried(to: Rank, message: Message): void {
    this.#turn.push({ to, message, isUnhurried: true })
  }

  /** Says at the end of the turn what may be forgotten here: n - f replicas have it, or section 6 exempts it, or it reveals nothing. */
  sayNow(to: Rank, message: Message): void {
    invariant(to !== this.#ports.self, () => 'what I say to myself counts once it is durable')
    this.#frames[to]!.push(message)
  }

  /** As `sayNow`, but nobody is in a hurry: it may wait a little for another frame to the same peer. */
  sayWithNext(to: Rank, message: Message): void {
    this.#riders[to]!.push(message)
  }

  /** Something waits for a frame to ride on. */
  get hasRiders(): boolean {
    return this.#riders.some(each => each.length > 0)
  }

  /** They have waited long enough. */
  sendRiders(): void {
    for (let rank = 0; rank < this.#riders.length; rank++)
      if (this.#riders[rank]!.length > 0) this.#sendFrame(rank, this.#frames[rank]!)
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
   * @returns whether something was let go that may have led to more
   */
  settle(): boolean {
    this.#enqueueTurn()
    if (this.#waiting.length === 0 || this.#waiting[0]!.needs > this.#durable) return false
    this.#release()
    return true
  }

  /** Ends the turn: its exempt messages leave, and one transaction begins for what it wrote, if anybody waits for it. */
  endTurn(): void {
    this.#enqueueTurn()
    this.sendFrames()
    // Without room it is for the replica to say when to try again, not for every turn.
    if (this.#hurried > 0 && this.#hasRoom) this.flush()
  }

  /** Makes durable what is not, unless a flush is under way (the next one follows it by itself when somebody waits). */
  flush(): void {
    if (this.#inFlight || this.#stopped || this.#written === this.#durable) return
    const entries = [...this.#dirty]
    const extra = this.#extra
    this.#dirty.clear()
    this.#extra = {}
    const upTo = this.#written
    this.#inFlight = true
    this.#flushing = new Set(entries)
    this.#ports.flushing(entries.length)
    const records = entries.map(entry => this.#recordOf(entry))
    this.#ports.store.write({ records, ...extra }, error => {
      this.#inFlight = false
      this.#flushing = new Set()
      if (this.#stopped) return
      this.#ports.ended(error ?? undefined)
      if (error !== null) {
        // Of a batch that found no room nothing was written: it is all to do again.
        for (const entry of entries) this.#dirty.add(entry)
        this.#extra = mergeExtra(extra, this.#extra)
        this.#hasRoom = false
        this.#ports.failed(error)
        return
      }
      this.#hasRoom = true
      records.forEach((each, at) => {
        if (each.command !== undefined) entries[at]!.payloadStored = true
      })
      this.#ports.turn(() => {
        this.#durable = upTo
        this.#ports.flushed()
        this.#release()
      })
    })
  }

  /** Nothing is written or said from here on. */
  stop(): void {
    this.#stopped = true
    this.#waiting = []
    this.#hurried = 0
    this.#turn = []
  }

  #release(): void {
    const ready = this.#waiting.findIndex(each => each.needs > this.#durable)
    const free = this.#waiting.splice(0, ready < 0 ? this.#waiting.length : ready)
    for (const { isUnhurried } of free) if (!isUnhurried) this.#hurried--
    for (const each of free) {
      if (this.#stopped) return
      if ('run' in each) each.run()
      else if (each.to === this.#ports.self) this.#ports.deliver(each.message)
      else if (each.isUnhurried) this.sayWithNext(each.to, each.message)
      else this.#frames[each.to]!.push(each.message)
    }
  }

  #enqueueTurn(): void {
    if (this.#turn.length === 0) return
    for (const each of this.#turn) {
      this.#waiting.push({ ...each, needs: this.#written })
      if (!each.isUnhurried) this.#hurried++
    }
    this.#turn = []
  }

  /** What needs nothing that is not durable leaves now. */
  sendFrames(): void {
    for (let rank = 0; rank < this.#frames.length; rank++)
      if (this.#frames[rank]!.length > 0) this.#sendFrame(rank, this.#frames[rank]!)
  }

  #sendFrame(rank: Rank, messages: readonly Message[]): void {
    if (this.#stopped) return
    const riders = this.#riders[rank]!
    this.#frames[rank] = []
    this.#riders[rank] = []
    this.#ports.send(rank, riders.length === 0 ? messages : [...riders, ...messages])
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
