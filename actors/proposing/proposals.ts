import type { Footprint } from '../../machines/protocol/commands.ts'
import type { Proposal, ProposalSource } from '../execution/proposal.ts'
import type { Component } from '../shared/component.ts'
import { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'
import { type Batch, batchOf } from './batch.ts'
import { countEach, countKeys, type Key, keysOf } from './touched-keys.ts'

/** What a batch is made of so far. */
interface Filling {
  readonly proposals: Proposal[]
  bytes: number
  keys: number
}

/**
 * Why nothing more is taken from a lane: it has had its share; nothing is left; nothing may go before an own instance is
 * committed; the batch has no room for the next.
 */
type LaneEnd = 'share' | 'empty' | 'parked' | 'full'

/**
 * Commands that wait to be proposed, a lane a client. They leave in batches, one instance each. The lanes take turns:
 * each has the same share of a batch, and what one leaves of its share the others get, so who has many commands delays
 * who has few by no more than the batch that has begun. In a lane they leave in their order; commands on a key with too
 * many own uncommitted instances are held back ([section 5](../../machines/protocol/README.md#section-5): endless
 * conflicts), with all later ones on the same keys.
 */
export class Proposals implements Component {
  readonly #limits: Limits
  /** Lanes in which something may be next, in the order of their turns. */
  #turns: Lane<Proposal>[] = []
  /** Lanes that are parked, or hold something back: they are looked at again when an own instance is committed. */
  readonly #waiting = new Set<Lane<Proposal>>()
  /** Of commands that are of no client in particular. */
  readonly #others = new Lane<Proposal>()
  readonly #heldKeys = new Set<Key>()
  #length = 0
  /** Of all that wait. */
  #bytes = 0
  /** Own uncommitted instances. */
  readonly #inFlight: Batch[] = []
  /** How many of them there are on each key of a source. */
  readonly #inFlightOfSession = new Map<string, number>()
  /** How many of them there are on each key; undefined until somebody asks. */
  #inFlightOn: Map<Key, number> | undefined

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Commands that wait. */
  get length(): number {
    return this.#length
  }
  /** So much waits that a batch is full, be it of commands or of bytes. */
  get fillABatch(): boolean {
    const { batchCommandsMax, batchBytesMax } = this.#limits
    return this.#length >= batchCommandsMax || this.#bytes >= batchBytesMax
  }
  /** Own instances that are not committed. */
  get inFlight(): number {
    return this.#inFlight.length
  }

  /** One more may wait. A client of whom few do is let in where others have filled the queue. */
  hasRoomFor({ source }: Proposal): boolean {
    const { proposalQueueMax, laneQueueMin } = this.#limits
    return this.#length < proposalQueueMax || (source.lane ?? this.#others).length < laneQueueMin
  }

  add(proposal: Proposal): void {
    const lane = proposal.source.lane ?? this.#others
    lane.add(proposal)
    this.#length++
    this.#bytes += proposal.bytes
    this.#queue(lane)
  }

  /** Commands of own instances that were decided Nop, each instance's in their order (rule 4.7). */
  resubmit(instances: readonly (readonly Proposal[])[]): void {
    for (const proposals of instances) this.addFirst(proposals)
  }

  /** Commands that must be proposed anew go before all others of their clients. */
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

  /** The next batch, at most as large as the limits say; undefined when there is none now. */
  take(): Batch | undefined {
    const { batchCommandsMax, ownInFlightMax } = this.#limits
    if (this.#turns.length === 0 || this.#inFlight.length >= ownInFlightMax) return undefined
    const filling: Filling = { proposals: [], bytes: 0, keys: 0 }
    const batch = filling.proposals
    let isFull = false
    // More than one round is for what those who had little have left of their shares.
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
        // Whose next one finds no room and who had nothing in this round is the first in the next batch.
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

  /** It has been proposed. */
  proposed(batch: Batch): void {
    this.#inFlight.push(batch)
    this.#inFlightOn = undefined
    for (const key of batch.sessionKeys) this.#inFlightOfSession.set(key, (this.#inFlightOfSession.get(key) ?? 0) + 1)
  }

  /** It is committed. */
  committed(batch: Batch): void {
    this.#inFlight.splice(this.#inFlight.indexOf(batch), 1)
    this.#inFlightOn = undefined
    for (const key of batch.sessionKeys) {
      const count = this.#inFlightOfSession.get(key)! - 1
      if (count > 0) this.#inFlightOfSession.set(key, count)
      else this.#inFlightOfSession.delete(key)
    }
    this.#release()
  }

  /** Nothing waits any more: whoever did is told. What was proposed before, and decided Nop (rule 4.7), was not executed either. */
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

  /** Takes of one lane what may go, until so many are in the batch. */
  #fill(filling: Filling, lane: Lane<Proposal>, upTo: number): LaneEnd {
    const { batchCommandsMax, batchBytesMax, footprintKeysMax, ownInFlightPerKeyMax } = this.#limits
    const mayHold = this.#inFlight.length >= ownInFlightPerKeyMax || this.#heldKeys.size > 0
    const { proposals } = filling
    let last: ProposalSource | undefined
    for (let proposal = lane.peek(); proposal !== undefined; proposal = lane.peek()) {
      if (proposals.length >= upTo) return 'share'
      const { source, footprint } = proposal
      if (mayHold) {
        // Of a session there are many commands, each on its row: that one waits for its key holds no other back.
        if (source !== last && this.#isSessionBusy(source)) return 'parked'
        last = source
        if (this.#holds(footprint)) {
          lane.hold()
          this.#waiting.add(lane)
          // All of them are looked at again with each commit: so few that this costs a command no more than a batch does.
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

  /** Something may be next in it. */
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

  /** What is held back is looked at again, before all that came later from the same clients. */
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

  /** As many own uncommitted instances as may be are on this key. */
  #isBusy(key: Key): boolean {
    if (this.#inFlight.length < this.#limits.ownInFlightPerKeyMax) return false
    this.#inFlightOn ??= countEach(this.#inFlight.map(({ command }) => command.footprint))
    return (this.#inFlightOn.get(key) ?? 0) >= this.#limits.ownInFlightPerKeyMax
  }
}
