import { type Footprint, payloadBytes } from '../../machines/protocol/commands.ts'
import type { Proposal, ProposalSource } from '../execution/proposal.ts'
import type { Component } from '../shared/component.ts'
import { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'
import { type Batch, batchOf } from './batch.ts'
import { countEach, countKeys, type Key, keysOf } from './touched-keys.ts'

/** A batch in the making. */
interface Filling {
  readonly proposals: Proposal[]
  bytes: number
  keys: number
}

/**
 * The reason why nothing more is taken from a lane: its share is used up; nothing is left; nothing may go before an own
 * instance is committed; the batch has no room for the next.
 */
type LaneEnd = 'share' | 'empty' | 'parked' | 'full'

/**
 * The commands that wait to be proposed, one lane for each client. They leave in batches, one instance each. Fair
 * queueing: each lane has the same share of a batch, and the others get the rest of an unused share, so a client with
 * many commands delays one with few by no more than the batch that has begun. In a lane commands leave in their order.
 * Commands on a key with too many own uncommitted instances are held back
 * ([section 5](../../machines/protocol/README.md#section-5): endless conflicts), with all later ones on the same keys.
 */
export class Proposals implements Component {
  readonly #limits: Limits
  /** Lanes that may have a next command, in the order of their turns. */
  #turns: Lane<Proposal>[] = []
  /** Lanes that are parked, or hold commands back. They are checked again when an own instance is committed. */
  readonly #waiting = new Set<Lane<Proposal>>()
  /** The lane of commands that belong to no client. */
  readonly #others = new Lane<Proposal>()
  readonly #heldKeys = new Set<Key>()
  #length = 0
  /** Bytes of all waiting commands. */
  #bytes = 0
  /** Own uncommitted instances. */
  readonly #inFlight: Batch[] = []
  #bytesInFlight = 0
  /** Number of own uncommitted instances on each key of a source. */
  readonly #inFlightOfSession = new Map<string, number>()
  /** Number of own uncommitted instances on each key; undefined until it is needed. */
  #inFlightOn: Map<Key, number> | undefined

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Number of waiting commands. */
  get length(): number {
    return this.#length
  }
  /** Whether enough waits to fill a batch, in commands or in bytes. */
  get fillABatch(): boolean {
    const { batchCommandsMax, batchBytesMax } = this.#limits
    return this.#length >= batchCommandsMax || this.#bytes >= batchBytesMax
  }
  /** Number of own instances that are not committed. */
  get inFlight(): number {
    return this.#inFlight.length
  }

  /**
   * Whether one more command may wait. A client with few waiting commands is admitted though others have filled the
   * queue.
   */
  hasRoomFor({ source, bytes }: Proposal): boolean {
    const { proposalQueueMax, proposalQueueBytesMax, laneQueueMin, laneQueueBytesMin } = this.#limits
    const { length } = source.lane ?? this.#others
    return (
      (this.#length < proposalQueueMax || length < laneQueueMin) &&
      (this.#bytes + bytes <= proposalQueueBytesMax || (length === 0 && bytes <= laneQueueBytesMin))
    )
  }

  add(proposal: Proposal): void {
    const lane = proposal.source.lane ?? this.#others
    lane.add(proposal)
    this.#length++
    this.#bytes += proposal.bytes
    this.#queue(lane)
  }

  /** Queues again the commands of own instances that were decided Nop, each instance's in their order (rule 4.7). */
  resubmit(instances: readonly (readonly Proposal[])[]): void {
    for (const proposals of instances) this.addFirst(proposals)
  }

  /** Queues commands that must be proposed anew before all others of their clients. */
  addFirst(proposals: readonly Proposal[]): void {
    this.#release()
    const ofLane = new Map<Lane<Proposal>, Proposal[]>()
    for (const proposal of proposals) {
      this.#bytes += proposal.bytes
      const lane = proposal.source.lane ?? this.#others
      const some = ofLane.get(lane)
      if (some === undefined) ofLane.set(lane, [proposal])
      else some.push(proposal)
    }
    for (const [lane, some] of ofLane) {
      lane.addFirst(some)
      this.#length += some.length
      this.#queue(lane)
    }
  }

  /** Takes the next batch, within the limits; undefined when there is none now. */
  take(): Batch | undefined {
    const { batchCommandsMax, ownInFlightMax, ownInFlightBytesMax } = this.#limits
    if (this.#turns.length === 0 || this.#inFlight.length >= ownInFlightMax) return undefined
    if (this.#bytesInFlight >= ownInFlightBytesMax) return undefined
    const filling: Filling = { proposals: [], bytes: 0, keys: 0 }
    const batch = filling.proposals
    let isFull = false
    // Further rounds give out the unused shares of lanes that had little.
    while (this.#turns.length > 0 && batch.length < batchCommandsMax && !isFull) {
      const round = this.#turns
      const next: Lane<Proposal>[] = []
      const share = Math.ceil((batchCommandsMax - batch.length) / round.length)
      let at = 0
      while (at < round.length && batch.length < batchCommandsMax && !isFull) {
        const lane = round[at]!
        const before = batch.length
        const end = this.#fill(filling, lane, Math.min(before + share, batchCommandsMax))
        isFull = end === 'full'
        // A lane whose next command finds no room, and that had nothing in this round, is the first in the next batch.
        if (isFull && batch.length === before) break
        at++
        if (end === 'share' || isFull) next.push(lane)
        else this.#leave(lane, end === 'parked')
      }
      this.#turns = at === round.length ? next : [...round.slice(at), ...next]
    }
    this.#length -= batch.length
    this.#bytes -= filling.bytes
    return batch.length === 0 ? undefined : batchOf(batch)
  }

  /** Called when a batch has been proposed. */
  proposed(batch: Batch): void {
    this.#inFlight.push(batch)
    this.#bytesInFlight += payloadBytes(batch.command)
    this.#inFlightOn = undefined
    for (const key of batch.sessionKeys) this.#inFlightOfSession.set(key, (this.#inFlightOfSession.get(key) ?? 0) + 1)
  }

  /** Called when a batch is committed. */
  committed(batch: Batch): void {
    this.#inFlight.splice(this.#inFlight.indexOf(batch), 1)
    this.#bytesInFlight -= payloadBytes(batch.command)
    this.#inFlightOn = undefined
    for (const key of batch.sessionKeys) {
      const count = this.#inFlightOfSession.get(key)! - 1
      if (count > 0) this.#inFlightOfSession.set(key, count)
      else this.#inFlightOfSession.delete(key)
    }
    this.#release()
  }

  /**
   * Drops all waiting commands, and tells their clients. Those proposed before, and decided Nop (rule 4.7), were not
   * executed either.
   */
  drop(reason: string): void {
    this.#release()
    const lanes = this.#turns
    this.#turns = []
    this.#length = 0
    this.#bytes = 0
    const all: Proposal[] = []
    for (const lane of lanes) {
      lane.inTurn = false
      for (const proposal of lane.clear()) all.push(proposal)
    }
    for (const proposal of all) proposal.dropped(reason)
  }

  stop(): void {
    this.drop('this replica has stopped')
  }

  /** Takes the commands of one lane that may go, until the batch has `upTo` of them. */
  #fill(filling: Filling, lane: Lane<Proposal>, upTo: number): LaneEnd {
    const { batchCommandsMax, batchBytesMax, footprintKeysMax, ownInFlightPerKeyMax } = this.#limits
    const mayHold = this.#inFlight.length >= ownInFlightPerKeyMax || this.#heldKeys.size > 0
    const { proposals } = filling
    let last: ProposalSource | undefined
    for (let proposal = lane.peek(); proposal !== undefined; proposal = lane.peek()) {
      if (proposals.length >= upTo) return 'share'
      const { source, footprint } = proposal
      if (mayHold) {
        // Every numbered command of a session writes its row, so a busy row parks the lane instead of holding each command back.
        if (!proposal.isRead) {
          if (source !== last && this.#isSessionBusy(source)) return 'parked'
          last = source
        }
        if (this.#holds(footprint)) {
          lane.hold()
          this.#waiting.add(lane)
          // All held commands are checked again at each commit, so their number is limited to one batch.
          if (lane.held >= batchCommandsMax) return 'parked'
          continue
        }
      }
      const bytes = filling.bytes + proposal.bytes
      const isFirstOfSource = source.key !== undefined && source !== proposals.at(-1)?.source
      const keys = filling.keys + countKeys(footprint) + (isFirstOfSource ? 1 : 0)
      if (proposals.length > 0 && (bytes > batchBytesMax || keys > footprintKeysMax)) return 'full'
      filling.bytes = bytes
      filling.keys = keys
      proposals.push(proposal)
      lane.shift()
    }
    return 'empty'
  }

  /** Queues a lane that may have a next command. */
  #queue(lane: Lane<Proposal>): void {
    if (lane.inTurn || lane.isParked) return
    lane.inTurn = true
    this.#turns.push(lane)
  }

  #leave(lane: Lane<Proposal>, isParked: boolean): void {
    lane.inTurn = false
    lane.isParked = isParked
    if (isParked) this.#waiting.add(lane)
  }

  /** Releases held commands for another check, before all later ones of the same clients. */
  #release(): void {
    if (this.#waiting.size === 0) return
    for (const lane of this.#waiting) {
      lane.release()
      lane.isParked = false
      this.#queue(lane)
    }
    this.#waiting.clear()
    this.#heldKeys.clear()
  }

  #isSessionBusy({ key }: ProposalSource): boolean {
    return key !== undefined && (this.#inFlightOfSession.get(key) ?? 0) >= this.#limits.ownInFlightPerKeyMax
  }

  #holds(footprint: Footprint): boolean {
    const touched = keysOf(footprint)
    if (!touched.some(key => this.#heldKeys.has(key) || this.#isBusy(key))) return false
    for (const key of touched) this.#heldKeys.add(key)
    return true
  }

  /** Whether the limit of own uncommitted instances on this key is reached. */
  #isBusy(key: Key): boolean {
    if (this.#inFlight.length < this.#limits.ownInFlightPerKeyMax) return false
    this.#inFlightOn ??= countEach(this.#inFlight.map(({ command }) => command.footprint))
    return (this.#inFlightOn.get(key) ?? 0) >= this.#limits.ownInFlightPerKeyMax
  }
}
