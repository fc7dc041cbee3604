import { type Command, type Footprint, unionFootprint } from '../machines/protocol/commands.ts'
import type { Limits } from './limits.ts'
import type { Bundle, Parcel, Proposal } from './parcel.ts'

/** Stands for the footprint `all` among the keys. */
const allKeys: unique symbol = Symbol('all')
type Key = string | typeof allKeys

/** What becomes one instance. */
export interface Batch {
  readonly command: Command
  readonly parcels: readonly Parcel[]
  /** Keys of its bundles. */
  readonly bundleKeys: readonly string[]
}

/**
 * Commands that wait to be proposed. They leave in batches, one instance each, in their order; commands on a key with
 * too many own uncommitted instances are held back (protocol.md section 5: endless conflicts), with all later ones on
 * the same keys.
 */
export class Proposals {
  readonly #limits: Limits
  /** Held back when they were last looked at: they are looked at again when an own instance is committed. */
  #held: Proposal[] = []
  readonly #heldKeys = new Set<Key>()
  /** Came since. */
  #queue: Proposal[] = []
  /** Own uncommitted instances. */
  readonly #inFlight: Batch[] = []
  /** How many of them there are on each key of a bundle. */
  readonly #inFlightOfBundle = new Map<string, number>()
  /** How many of them there are on each key; undefined until somebody asks. */
  #inFlightOn: Map<Key, number> | undefined
  /** Bundles of which nothing more may go now: with many commands of a session in the queue, each would ask. */
  readonly #heldBundles = new Set<Bundle>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Commands that wait. */
  get length(): number {
    return this.#held.length + this.#queue.length
  }
  /** Own instances that are not committed. */
  get inFlight(): number {
    return this.#inFlight.length
  }
  get isFull(): boolean {
    return this.length >= this.#limits.proposalQueueMax
  }

  add(proposal: Proposal): void {
    this.#queue.push(proposal)
  }

  /** Commands that must be proposed anew (rule 4.7) go first. */
  addFirst(proposals: readonly Proposal[]): void {
    this.#release(proposals)
  }

  /** The next batch, at most as large as the limits say; undefined when there is none now. */
  take(): Batch | undefined {
    const { batchCommandsMax, batchBytesMax, footprintKeysMax, ownInFlightMax, ownInFlightPerKeyMax } = this.#limits
    const queue = this.#queue
    if (queue.length === 0 || this.#inFlight.length >= ownInFlightMax) return undefined
    const batch: Proposal[] = []
    const mayHold = this.#inFlight.length >= ownInFlightPerKeyMax || this.#held.length > 0
    let bytes = 0
    let keys = 0
    let at = 0
    for (; at < queue.length && batch.length < batchCommandsMax; at++) {
      const proposal = queue[at]!
      const { bundle, footprint } = proposal
      if (mayHold && this.#holds(proposal)) {
        this.#held.push(proposal)
        continue
      }
      bytes += proposal.bytes
      keys += countKeys(footprint) + (bundle.key === undefined || bundle === batch.at(-1)?.bundle ? 0 : 1)
      if (batch.length > 0 && (bytes > batchBytesMax || keys > footprintKeysMax)) break
      batch.push(proposal)
    }
    this.#queue = at === queue.length ? [] : queue.slice(at)
    return batch.length === 0 ? undefined : batchOf(batch)
  }

  /** It has been proposed. */
  proposed(batch: Batch): void {
    this.#inFlight.push(batch)
    this.#inFlightOn = undefined
    for (const key of batch.bundleKeys) this.#inFlightOfBundle.set(key, (this.#inFlightOfBundle.get(key) ?? 0) + 1)
  }

  /** It is committed. */
  committed(batch: Batch): void {
    this.#inFlight.splice(this.#inFlight.indexOf(batch), 1)
    this.#inFlightOn = undefined
    for (const key of batch.bundleKeys) {
      const count = this.#inFlightOfBundle.get(key)! - 1
      if (count > 0) this.#inFlightOfBundle.set(key, count)
      else this.#inFlightOfBundle.delete(key)
    }
    this.#release()
  }

  /** Nothing waits any more: whoever did is told. What was proposed before, and decided Nop (rule 4.7), was not executed either. */
  drop(reason: string): void {
    this.#release()
    const all = this.#queue
    this.#queue = []
    for (const proposal of all) proposal.dropped(reason)
  }

  /** What is held back is looked at again, before all that came later. */
  #release(first: readonly Proposal[] = []): void {
    if (first.length === 0 && this.#held.length === 0) return
    this.#queue = [...first, ...this.#held, ...this.#queue]
    this.#held = []
    this.#heldKeys.clear()
    this.#heldBundles.clear()
  }

  #holds({ bundle, footprint }: Proposal): boolean {
    // Of a session there are many commands, in no order among themselves: that one waits for its key holds no other back.
    if (this.#heldBundles.has(bundle)) return true
    if ((this.#inFlightOfBundle.get(bundle.key ?? '') ?? 0) >= this.#limits.ownInFlightPerKeyMax) {
      this.#heldBundles.add(bundle)
      return true
    }
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

function batchOf(proposals: readonly Proposal[]): Batch {
  const parcels: Parcel[] = []
  const touched: Footprint[] = []
  const sessions = new Set<string>()
  for (let from = 0; from < proposals.length; ) {
    const { bundle } = proposals[from]!
    const to = endOfRun(proposals, from, bundle)
    const together = from === 0 && to === proposals.length ? proposals : proposals.slice(from, to)
    parcels.push(bundle.parcel(together))
    if (bundle.key !== undefined) sessions.add(bundle.key)
    from = to
  }
  for (const { footprint } of proposals) touched.push(footprint)
  const bundleKeys = [...sessions]
  if (bundleKeys.length > 0) touched.push({ reads: [], writes: bundleKeys })
  return {
    bundleKeys,
    command: { footprint: unionFootprint(touched), payloads: inOneArray(parcels.map(({ payload }) => payload)) },
    parcels,
  }
}

function endOfRun(proposals: readonly Proposal[], from: number, bundle: Bundle): number {
  let to = from + 1
  while (to < proposals.length && proposals[to]!.bundle === bundle) to++
  return to
}

function countEach(footprints: Iterable<Footprint>): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const footprint of footprints) for (const key of keysOf(footprint)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** The same bytes end to end: as arrays of their own they would take several times the room, for as long as the record is kept. */
function inOneArray(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  if (payloads.length === 1) return payloads
  const all = new Uint8Array(payloads.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  return payloads.map(payload => {
    const from = at
    all.set(payload, from)
    at += payload.length
    return all.subarray(from, at)
  })
}

const countKeys = ({ reads, writes }: Footprint): number =>
  (reads === 'all' ? 1 : reads.length) + (writes === 'all' ? 1 : writes.length)

function keysOf({ reads, writes }: Footprint): readonly Key[] {
  const all: readonly Key[] = [allKeys]
  return [...(reads === 'all' ? all : reads), ...(writes === 'all' ? all : writes)]
}
