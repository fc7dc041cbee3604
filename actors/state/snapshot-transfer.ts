import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Codec } from '../../net/codec.ts'
import type { Donors } from '../records/donors.ts'
import type { Component } from '../shared/component.ts'
import { digestOf } from '../shared/digest.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import { isSegment, type SegmentInfo } from '../tables/segment.ts'
import type { Arrived, Commit, Installer } from './installer.ts'
import { decodeManifest, type Manifest, partName } from './manifest.ts'
import { SnapshotError } from './snapshot-error.ts'
import type { StateWrites } from './state-writes.ts'

export interface SnapshotTransferPorts {
  readonly limits: Limits
  readonly codec: Codec
  /** Where segments go as they come: they are of no checkpoint yet. */
  readonly store: Pick<StateWrites, 'add' | 'drop'>
  readonly installer: Pick<Installer, 'check' | 'read' | 'install' | 'useless' | 'isUnderWay' | 'isPaused'>
  readonly donors: Pick<Donors, 'didNotHelp'>
  now(): number
  say(to: Rank, message: Message): void
  turn(run: () => void): void
  failed(error: Error): void
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

interface Incoming {
  readonly donor: Rank
  /** Name of the transfer; '' until the first chunk names it. */
  name: string
  /** Undefined until it has come as a whole. */
  manifest: Manifest | undefined
  /** The part that is fetched, and what came of it. */
  at: number
  bytes: Uint8Array
  received: number
  /** A part is being written: nothing is asked for. */
  isWriting: boolean
  /** The segments in the own store, by their keys, and the commits. */
  readonly keys: number[]
  readonly commits: Commit[]
  /** Bytes of the parts before. */
  before: number
  heardMs: number
  silences: number
}

/** Number of timeouts after which a donor is given up. */
const silencesMax = 3

/**
 * Fetches a checkpoint of another replica part by part, each in chunks, one at a time
 * ([rule 8.11](../../machines/protocol/README.md#rule-8-11)). Segments go to the own store as they come, so that a state of
 * any size passes through little memory. An interrupted transfer resumes at its last chunk.
 */
export class SnapshotTransfer implements Component {
  readonly #ports: SnapshotTransferPorts
  #incoming: Incoming | undefined

  constructor(ports: SnapshotTransferPorts) {
    this.#ports = ports
  }

  /** Bytes received, and in total; undefined while nothing is fetched. */
  get progress(): { readonly received: number; readonly size: number } | undefined {
    const incoming = this.#incoming
    if (incoming === undefined) return undefined
    const { before, received, bytes, manifest } = incoming
    const segments = manifest?.segments.reduce((sum, { size }) => sum + size, 0) ?? 0
    return { received: before + Math.max(0, received), size: Math.max(segments, before + bytes.length) }
  }

  /** Begins a transfer, unless one is under way, or what came is not installed yet. */
  begin(donor: Rank): void {
    const { installer } = this.#ports
    if (this.#incoming !== undefined || installer.isUnderWay || installer.isPaused(donor)) return
    this.#incoming = {
      donor,
      name: '',
      manifest: undefined,
      at: 0,
      bytes: new Uint8Array(),
      received: -1,
      isWriting: false,
      keys: [],
      commits: [],
      before: 0,
      heardMs: this.#ports.now(),
      silences: 0,
    }
    this.#ask(this.#incoming)
  }

  /** Takes a chunk of the requested part. A donor that has dropped the offer sends the beginning of a newer one. */
  chunk(from: Rank, { digest, offset, size, bytes }: MessageOf<'snapshotChunk'>): void {
    const incoming = this.#incoming
    if (incoming?.donor !== from || incoming.isWriting) return
    const { snapshotBytesMax } = this.#ports.limits
    if (size > snapshotBytesMax) {
      this.#ports.log({ code: 'snapshotTooLarge', bytes: size, snapshotBytesMax })
      this.#giveUp(incoming)
      return
    }
    if (digest !== nameOf(incoming)) {
      if (offset !== 0 || digest.includes('/')) return
      this.#beginAnew(incoming, digest)
    }
    if (incoming.received < 0) {
      incoming.bytes = new Uint8Array(size)
      incoming.received = 0
    }
    if (offset !== incoming.received || offset + bytes.length > incoming.bytes.length) return
    incoming.bytes.set(bytes, offset)
    incoming.received += bytes.length
    incoming.heardMs = this.#ports.now()
    incoming.silences = 0
    if (incoming.received < incoming.bytes.length) this.#ask(incoming)
    else this.#took(incoming)
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { limits, now } = this.#ports
    const incoming = this.#incoming
    if (incoming === undefined || incoming.isWriting || now() - incoming.heardMs <= limits.fetchTimeoutMs) return
    incoming.heardMs = now()
    if (++incoming.silences <= silencesMax) this.#ask(incoming)
    else this.#giveUp(incoming)
  }

  stop(): void {
    this.#incoming = undefined
  }

  #beginAnew(incoming: Incoming, name: string): void {
    this.#ports.store.drop(incoming.keys.splice(0))
    incoming.commits.length = 0
    incoming.name = name
    incoming.manifest = undefined
    incoming.before = 0
    this.#expect(incoming, 0)
  }

  #expect(incoming: Incoming, at: number): void {
    incoming.at = at
    incoming.before += incoming.bytes.length
    incoming.bytes = new Uint8Array()
    incoming.received = -1
  }

  /** A part is whole. */
  #took(incoming: Incoming): void {
    const { manifest, at } = incoming
    const info = manifest?.segments[at]
    if (manifest === undefined) this.#tookManifest(incoming)
    else if (info !== undefined) this.#tookSegment(incoming, info)
    else this.#tookCommits(incoming, manifest)
  }

  #tookManifest(incoming: Incoming): void {
    const { codec, installer } = this.#ports
    // The chunks may come from different times, so the whole is verified.
    if (digestOf(incoming.bytes) !== incoming.name) {
      this.#giveUp(incoming)
      return
    }
    this.#unlessUseless(incoming, () => {
      const manifest = decodeManifest(incoming.bytes, codec)
      installer.check(manifest.head)
      incoming.manifest = manifest
      incoming.at = -1
      this.#next(incoming, manifest)
    })
  }

  #tookCommits(incoming: Incoming, manifest: Manifest): void {
    const { donor, bytes, commits } = incoming
    this.#unlessUseless(incoming, () => {
      for (const commit of this.#ports.installer.read(donor, bytes)) commits.push(commit)
      this.#next(incoming, manifest)
    })
  }

  #unlessUseless(incoming: Incoming, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error
      this.#end(incoming)
      this.#ports.installer.useless(incoming.donor, error)
    }
  }

  #tookSegment(incoming: Incoming, info: SegmentInfo): void {
    const { store, turn, failed } = this.#ports
    const { bytes } = incoming
    if (!isSegment(bytes, info)) {
      this.#giveUp(incoming)
      return
    }
    incoming.isWriting = true
    store.add([bytes], (error, keys = []) =>
      turn(() => {
        incoming.isWriting = false
        if (this.#incoming !== incoming) return
        if (error === null) {
          incoming.keys.push(...keys)
          this.#next(incoming, incoming.manifest!)
        } else if (error.code === 'storeFull') {
          this.#ports.log({ code: 'checkpointFailed', error })
          this.#giveUp(incoming)
        } else failed(error)
      }),
    )
  }

  #next(incoming: Incoming, manifest: Manifest): void {
    const { donor, keys, commits, before, bytes } = incoming
    this.#expect(incoming, incoming.at + 1)
    incoming.heardMs = this.#ports.now()
    if (incoming.at < manifest.segments.length + manifest.frames) {
      this.#ask(incoming)
      return
    }
    this.#incoming = undefined
    const arrived: Arrived = { head: manifest.head, keys, commits, bytes: before + bytes.length }
    this.#ports.installer.install(donor, arrived)
  }

  #giveUp(incoming: Incoming): void {
    this.#end(incoming)
    this.#ports.donors.didNotHelp(incoming.donor)
  }

  #end(incoming: Incoming): void {
    this.#incoming = undefined
    this.#ports.store.drop(incoming.keys)
  }

  #ask(incoming: Incoming): void {
    const digest = nameOf(incoming)
    this.#ports.say(incoming.donor, { type: 'fetchSnapshot', digest, offset: Math.max(0, incoming.received) })
  }
}

const nameOf = ({ name, manifest, at }: Incoming): string => (manifest === undefined ? name : partName(name, at))
