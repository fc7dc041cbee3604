import { ExecutedSet } from '../../machines/execution/executed-set.ts'
import { NOP } from '../../machines/protocol/commands.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Codec } from '../../net/codec.ts'
import type { StoredCheckpoint } from '../../storage/state-store.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Component } from '../shared/component.ts'
import { digestOf } from '../shared/digest.ts'
import type { Limits } from '../shared/limits.ts'
import { decodeHead } from './checkpoint-head.ts'
import { LastPart } from './last-part.ts'
import { encodeManifest } from './manifest.ts'
import type { StateWrites } from './state-writes.ts'

export interface OffersPorts {
  readonly limits: Limits
  readonly codec: Codec
  readonly ledger: Ledger
  readonly store: Pick<StateWrites, 'read' | 'pin'>
  now(): number
  /** The latest checkpoint, durable, of all that is executed here; undefined when there is none. */
  latest(): StoredCheckpoint | undefined
  /** Begins a checkpoint: somebody needs one. */
  wanted(): void
  say(to: Rank, message: Message): void
  turn(run: () => void): void
  failed(error: Error): void
}

type Commit = MessageOf<'commit'>

/** A checkpoint that others are fetching. Its segments stay in the store meanwhile. */
interface Offer {
  readonly manifest: Uint8Array
  readonly keys: readonly number[]
  readonly frames: readonly (readonly Commit[])[]
  unpin(): void
  readonly part: LastPart
  askedMs: number
}

/** Number of fetch timeouts for which an offer is kept after it was asked for last. */
const keptTimeouts = 10
/** Maximum number of commits in a frame, which the receiver reads at once, and the approximate maximum of its bytes. */
const frameCommitsMax = 500
const frameBytes = 256 * 1024

/**
 * Checkpoints of this replica that others fetch from its store, part by part ([rule 8.11](../../machines/protocol/README.md#rule-8-11)):
 * nothing is encoded anew, and one part at a time is in memory.
 */
export class Offers implements Component {
  readonly #ports: OffersPorts
  readonly #offers = new Map<string, Offer>()
  /** The checkpoint of which the latest offer is, and its name: to make one looks at all records. */
  #made: { readonly of: StoredCheckpoint; readonly name: string } | undefined

  constructor(ports: OffersPorts) {
    this.#ports = ports
  }

  /** Answers a request for a part: of an offer that is not kept any more with the beginning of the latest. */
  serve(to: Rank, { digest, offset }: MessageOf<'fetchSnapshot'>): void {
    const [name = '', place] = digest.split('/')
    const found = this.#offers.get(name)
    if (found === undefined) {
      const latest = this.#latest()
      if (latest !== undefined) this.#say(to, latest.name, latest.offer.manifest, latest.name === name ? offset : 0)
      return
    }
    found.askedMs = this.#ports.now()
    if (place === undefined) this.#say(to, name, found.manifest, offset)
    else this.#part(found, Number(place), bytes => this.#say(to, digest, bytes, offset))
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { now, limits } = this.#ports
    for (const [name, offer] of this.#offers) {
      if (now() - offer.askedMs <= keptTimeouts * limits.fetchTimeoutMs) continue
      this.#offers.delete(name)
      offer.unpin()
    }
  }

  #latest(): { readonly name: string; readonly offer: Offer } | undefined {
    const { latest, wanted, codec, ledger, store, now } = this.#ports
    const checkpoint = latest()
    if (checkpoint === undefined) {
      wanted()
      return undefined
    }
    const made = this.#made?.of === checkpoint ? this.#offers.get(this.#made.name) : undefined
    if (this.#made !== undefined && made !== undefined) return { name: this.#made.name, offer: made }
    const head = decodeHead(checkpoint.head, codec)
    const frames = framesOf(ExecutedSet.fromData(head), head.floor, ledger)
    const manifest = encodeManifest(checkpoint.head, frames.length, codec)
    const name = digestOf(manifest)
    this.#made = { of: checkpoint, name }
    const known = this.#offers.get(name)
    if (known !== undefined) return { name, offer: known }
    const keys = checkpoint.segments
    const offer: Offer = { manifest, keys, frames, unpin: store.pin(keys), part: new LastPart(), askedMs: now() }
    this.#offers.set(name, offer)
    return { name, offer }
  }

  #part({ keys, frames, part }: Offer, at: number, done: (bytes: Uint8Array) => void): void {
    const key = keys[at]
    const frame = frames[at - keys.length]
    if (frame !== undefined) done(part.make(at, () => this.#ports.codec.encodeMessages(frame)))
    else if (key !== undefined) part.read(at, key, this.#ports, done)
  }

  #say(to: Rank, digest: string, all: Uint8Array, offset: number): void {
    const { limits, say } = this.#ports
    const bytes = all.subarray(offset, offset + limits.snapshotChunkBytes)
    say(to, { type: 'snapshotChunk', digest, offset, size: all.length, bytes })
  }
}

/** The commits of all instances executed in a checkpoint whose records are still here. */
function framesOf(executed: ExecutedSet, floor: readonly number[], ledger: Ledger): readonly (readonly Commit[])[] {
  const frames: Commit[][] = []
  let bytes = 0
  for (const { id, record, payloadBytes } of ledger.entries()) {
    if (record?.phase !== 'committed' || record.cmd === undefined || !executed.has(id)) continue
    if (id.index <= floor[id.rank]!) continue
    let frame = frames.at(-1)
    if (frame === undefined || bytes + payloadBytes > frameBytes || frame.length >= frameCommitsMax) {
      frame = []
      frames.push(frame)
      bytes = 0
    }
    bytes += record.cmd === NOP ? 0 : payloadBytes
    frame.push({ type: 'commit', id, cmd: record.cmd, dep: record.dep })
  }
  return frames
}
