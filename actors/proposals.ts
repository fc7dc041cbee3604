import { type Command, type Footprint, unionFootprint } from '../machines/protocol/commands.ts'
import type { Envelope } from '../machines/protocol/envelope.ts'
import type { Limits } from './limits.ts'
import type { Outcome } from './replicated-state.ts'

/** One client command on its way. Exactly one of the three is called, once. */
export interface Proposal {
  readonly payload: Uint8Array
  /** The payload, decoded. */
  readonly envelope: Envelope
  readonly footprint: Footprint
  executed(outcome: Outcome): void
  /** It waited here, and is in no instance that could be executed: it was not, and will not be. */
  dropped(reason: string): void
  /** The replica ended first: whether the command will be executed is not known. */
  abandoned(): void
}

/** Stands for the footprint `all` among the keys. */
const allKeys: unique symbol = Symbol('all')
type Key = string | typeof allKeys

/**
 * Commands that wait to be proposed. They leave in batches, one instance each, in their order; commands on a key with
 * too many own uncommitted instances are held back (protocol.md section 5: endless conflicts), with all later ones on
 * the same keys.
 */
export class Proposals {
  readonly #limits: Limits
  #queue: Proposal[] = []
  /** Own uncommitted instances per key. */
  readonly #inFlightOn = new Map<Key, number>()
  #inFlight = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Commands that wait. */
  get length(): number {
    return this.#queue.length
  }
  /** Own instances that are not committed. */
  get inFlight(): number {
    return this.#inFlight
  }
  get isFull(): boolean {
    return this.#queue.length >= this.#limits.proposalQueueMax
  }

  add(proposal: Proposal): void {
    this.#queue.push(proposal)
  }

  /** Commands that must be proposed anew (rule 4.7) go first. */
  addFirst(proposals: readonly Proposal[]): void {
    this.#queue = [...proposals, ...this.#queue]
  }

  /** The next batch, at most as large as the limits say; undefined when there is none now. */
  take(): readonly Proposal[] | undefined {
    if (this.#queue.length === 0 || this.#inFlight >= this.#limits.ownInFlightMax) return undefined
    const { batchCommandsMax, batchBytesMax, footprintKeysMax } = this.#limits
    const batch: Proposal[] = []
    const left: Proposal[] = []
    const held = new Set<Key>()
    let bytes = 0
    let keys = 0
    for (let at = 0; at < this.#queue.length; at++) {
      const proposal = this.#queue[at]!
      const touched = keysOf(proposal.footprint)
      bytes += proposal.payload.length
      keys += touched.length
      const isFull =
        batch.length >= batchCommandsMax || (batch.length > 0 && (bytes > batchBytesMax || keys > footprintKeysMax))
      if (isFull) {
        left.push(...this.#queue.slice(at))
        break
      }
      if (this.#isHeld(touched, held)) {
        for (const key of touched) held.add(key)
        left.push(proposal)
      } else batch.push(proposal)
    }
    this.#queue = left
    return batch.length === 0 ? undefined : batch
  }

  /** The command of an instance that carries a batch. */
  commandOf(batch: readonly Proposal[]): Command {
    return {
      footprint: unionFootprint(batch.map(proposal => proposal.footprint)),
      payloads: inOneArray(batch.map(proposal => proposal.payload)),
    }
  }

  /** An own instance with this footprint has been proposed. */
  proposed(footprint: Footprint): void {
    this.#inFlight++
    for (const key of keysOf(footprint)) this.#inFlightOn.set(key, (this.#inFlightOn.get(key) ?? 0) + 1)
  }

  /** It is committed. */
  committed(footprint: Footprint): void {
    this.#inFlight--
    for (const key of keysOf(footprint)) {
      const count = (this.#inFlightOn.get(key) ?? 0) - 1
      if (count > 0) this.#inFlightOn.set(key, count)
      else this.#inFlightOn.delete(key)
    }
  }

  /** Nothing waits any more: whoever did is told. What was proposed before, and decided Nop (rule 4.7), was not executed either. */
  drop(reason: string): void {
    const all = this.#queue
    this.#queue = []
    for (const proposal of all) proposal.dropped(reason)
  }

  #isHeld(touched: readonly Key[], held: ReadonlySet<Key>): boolean {
    const most = this.#limits.ownInFlightPerKeyMax
    if (this.#inFlight < most && held.size === 0) return false
    return touched.some(key => held.has(key) || (this.#inFlightOn.get(key) ?? 0) >= most)
  }
}

/** The same bytes end to end: as arrays of their own they would take several times the room, for as long as the record is kept. */
function inOneArray(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  const all = new Uint8Array(payloads.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  return payloads.map(payload => {
    const from = at
    all.set(payload, from)
    at += payload.length
    return all.subarray(from, at)
  })
}

function keysOf({ reads, writes }: Footprint): readonly Key[] {
  const all: readonly Key[] = [allKeys]
  return [...(reads === 'all' ? all : reads), ...(writes === 'all' ? all : writes)]
}
