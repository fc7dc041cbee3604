import type { Codec } from '../../net/codec.ts'
import type { StoredCheckpoint } from '../../storage/state-store.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import { type BackupSummary, encodeBeginning, endOf, nameOf } from './backup-file.ts'
import { decodeHead } from './checkpoint-head.ts'
import { LastPart } from './last-part.ts'
import type { StateWrites } from './state-writes.ts'

/** A part of a backup, as it is sent to a client. */
export interface BackupPart {
  /** Digest of the file's beginning: its name while it is fetched. */
  readonly digest: string
  /** Of the whole file. */
  readonly size: number
  readonly offset: number
  readonly bytes: Uint8Array
}

export interface BackupsPorts {
  readonly limits: Limits
  readonly codec: Codec
  readonly store: Pick<StateWrites, 'read' | 'pin'>
  now(): number
  /** The origin of a backup taken now. */
  origin(): Omit<BackupSummary, 'commands'>
  /** Hands over a checkpoint whose point is later than this call, once it is durable; undefined when there is none. */
  checkpoint(done: (stored: StoredCheckpoint | undefined) => void): void
  /** The reason for which the state machine gives no state, if that is so. */
  whyNoState(): string | undefined
  turn(run: () => void): void
  failed(error: Error): void
}

/** A region of the file: bytes made here, or a segment that lies in the store. */
type Region = { readonly from: number } & ({ readonly bytes: Uint8Array } | { readonly key: number })

/** A backup that is being fetched. Its segments stay in the store meanwhile. */
interface Held {
  readonly name: string
  readonly size: number
  readonly regions: readonly Region[]
  /** Number of times it was taken: one checkpoint may be the backup of several clients. */
  takers: number
  unpin(): void
  readonly segment: LastPart
  askedMs: number
}

/** An abandoned backup is dropped after this. */
const keptMs = 60_000

/**
 * Backups that are being fetched from here. Each is a durable checkpoint, read from the store part by part: nothing is
 * encoded anew, and one segment at a time is in memory.
 */
export class Backups implements Component {
  readonly #ports: BackupsPorts
  readonly #held = new Map<string, Held>()
  #taking = 0

  constructor(ports: BackupsPorts) {
    this.#ports = ports
  }

  /** Whether the limit of backups is reached. Each keeps the segments of a checkpoint on disk. */
  get isFull(): boolean {
    let count = this.#taking
    for (const { takers } of this.#held.values()) count += takers
    return count >= this.#ports.limits.backupsMax
  }

  /** Counts a backup that will perhaps be taken. @returns a function to call once that is settled */
  announce(): () => void {
    this.#taking++
    return () => {
      this.#taking--
    }
  }

  /**
   * Takes a backup of the state at a point that comes after this call.
   * @param done gets its first part, or the reason why there is none; also later than this call
   */
  take(done: (part: BackupPart | string) => void): void {
    const settled = this.announce()
    this.#ports.checkpoint(stored => {
      settled()
      if (stored === undefined) done(this.#ports.whyNoState() ?? 'no checkpoint could be written here just now')
      else this.#part(this.#hold(stored), 0, done)
    })
  }

  /**
   * Reads a further part.
   * @param done called with it, also later than this call
   * @returns false when this backup is not kept here any more
   */
  part(name: string, offset: number, done: (part: BackupPart) => void): boolean {
    const held = this.#held.get(name)
    if (held === undefined) return false
    this.#part(held, offset, done)
    return true
  }

  /** Called at every heartbeat: lets the segments of abandoned backups go. */
  tick(): void {
    for (const [name, { askedMs, unpin }] of this.#held) {
      if (this.#ports.now() - askedMs <= keptMs) continue
      this.#held.delete(name)
      unpin()
    }
  }

  #hold(stored: StoredCheckpoint): Held {
    const { codec, origin, store, now } = this.#ports
    const { commands, state: segments } = decodeHead(stored.head, codec)
    const beginning = encodeBeginning({ ...origin(), commands, segments }, codec)
    const name = nameOf(beginning)
    const known = this.#held.get(name)
    if (known !== undefined) {
      known.takers++
      return known
    }
    const regions: Region[] = [{ from: 0, bytes: beginning }]
    let size = beginning.length
    for (const [at, segment] of segments.entries()) {
      regions.push({ from: size, key: stored.segments[at]! })
      size += segment.size
    }
    const end = endOf(name)
    regions.push({ from: size, bytes: end })
    size += end.length
    const unpin = store.pin(stored.segments.slice(0, segments.length))
    const held: Held = { name, size, regions, takers: 1, unpin, segment: new LastPart(), askedMs: now() }
    this.#held.set(name, held)
    return held
  }

  /** A part ends where its region does, so that a segment is read from the store once. */
  #part(held: Held, offset: number, done: (part: BackupPart) => void): void {
    const { limits, now } = this.#ports
    const { name, size, regions, segment } = held
    held.askedMs = now()
    const region = regions.findLast(({ from }) => from <= offset)!
    const say = (all: Uint8Array): void => {
      const from = offset - region.from
      done({ digest: name, size, offset, bytes: all.slice(from, from + limits.snapshotChunkBytes) })
    }
    if ('bytes' in region) say(region.bytes)
    else segment.read(region.from, region.key, this.#ports, say)
  }
}
