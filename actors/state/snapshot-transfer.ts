import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Donors } from '../records/donors.ts'
import type { Component } from '../shared/component.ts'
import { digestOf } from '../shared/digest.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import { HeldBytes } from '../shared/held-bytes.ts'
import type { Limits } from '../shared/limits.ts'
import type { Installer } from './installer.ts'
import type { Snapshot } from './snapshots.ts'

export interface SnapshotTransferPorts {
  readonly limits: Limits
  now(): number
  say(to: Rank, message: Message): void
  /** The latest snapshot here. */
  latest(): Snapshot | undefined
  readonly installer: Pick<Installer, 'install'>
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
  readonly donors: Pick<Donors, 'didNotHelp'>
}

interface Incoming {
  readonly donor: Rank
  /** Digest of the snapshot; '' until the first chunk names it. */
  digest: string
  bytes: Uint8Array
  received: number
  heardMs: number
  silences: number
}

/** Number of fetch timeouts for which a donor keeps a fetched snapshot while newer ones are taken. */
const heldTimeouts = 10
/** Number of timeouts after which a donor is given up. */
const silencesMax = 3

/**
 * Moves a snapshot from a donor to a replica that missed too much, in chunks, one at a time: an interrupted transfer
 * resumes at its last chunk ([section 8](../../machines/protocol/README.md#section-8)).
 */
export class SnapshotTransfer implements Component {
  readonly #ports: SnapshotTransferPorts
  #incoming: Incoming | undefined
  /** Snapshots being fetched from here. */
  readonly #held: HeldBytes

  constructor(ports: SnapshotTransferPorts) {
    this.#ports = ports
    this.#held = new HeldBytes(heldTimeouts * ports.limits.fetchTimeoutMs, () => ports.now())
  }

  /** Bytes received, and in total; undefined while nothing is fetched. */
  get progress(): { readonly received: number; readonly size: number } | undefined {
    const incoming = this.#incoming
    return incoming && { received: incoming.received, size: incoming.bytes.length }
  }

  begin(donor: Rank): void {
    if (this.#incoming !== undefined) return
    this.#incoming = {
      donor,
      digest: '',
      bytes: new Uint8Array(),
      received: 0,
      heardMs: this.#ports.now(),
      silences: 0,
    }
    this.#ask(this.#incoming)
  }

  /** Takes a chunk of the requested snapshot. A donor that has dropped it sends the beginning of a newer one. */
  chunk(from: Rank, { digest, offset, size, bytes }: MessageOf<'snapshotChunk'>): void {
    const incoming = this.#incoming
    if (incoming?.donor !== from) return
    const { snapshotBytesMax } = this.#ports.limits
    if (size > snapshotBytesMax) {
      this.#ports.log({ code: 'snapshotTooLarge', bytes: size, snapshotBytesMax })
      this.#giveUp(incoming)
      return
    }
    if (digest !== incoming.digest) {
      if (offset !== 0) return
      incoming.digest = digest
      incoming.bytes = new Uint8Array(size)
      incoming.received = 0
    }
    if (offset !== incoming.received || offset + bytes.length > incoming.bytes.length) return
    incoming.bytes.set(bytes, offset)
    incoming.received += bytes.length
    incoming.heardMs = this.#ports.now()
    incoming.silences = 0
    if (incoming.received < incoming.bytes.length) {
      this.#ask(incoming)
      return
    }
    // The parts may come from different times, so the whole is verified.
    if (digestOf(incoming.bytes) !== digest) {
      this.#giveUp(incoming)
      return
    }
    this.#incoming = undefined
    this.#ports.installer.install(from, incoming.bytes)
  }

  /** Answers a request for a part. */
  serve(to: Rank, { digest, offset }: MessageOf<'fetchSnapshot'>): void {
    const { limits, latest, say } = this.#ports
    let bytes = this.#held.get(digest)
    let start = offset
    let name = digest
    if (bytes === undefined) {
      const snapshot = latest()
      if (snapshot === undefined) return
      start = snapshot.digest === digest ? offset : 0
      name = snapshot.digest
      bytes = snapshot.bytes
    }
    this.#held.keep(name, bytes)
    const part = bytes.subarray(start, start + limits.snapshotChunkBytes)
    say(to, { type: 'snapshotChunk', digest: name, offset: start, size: bytes.length, bytes: part })
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { limits, now } = this.#ports
    this.#held.tick()
    const incoming = this.#incoming
    if (incoming === undefined || now() - incoming.heardMs <= limits.fetchTimeoutMs) return
    incoming.heardMs = now()
    if (++incoming.silences <= silencesMax) {
      this.#ask(incoming)
      return
    }
    this.#giveUp(incoming)
  }

  #giveUp({ donor }: Incoming): void {
    this.#incoming = undefined
    this.#ports.donors.didNotHelp(donor)
  }

  #ask({ donor, digest, received }: Incoming): void {
    this.#ports.say(donor, { type: 'fetchSnapshot', digest, offset: received })
  }
}
