import type { Component } from '../shared/component.ts'
import { digestOf } from '../shared/digest.ts'
import { HeldBytes } from '../shared/held-bytes.ts'
import type { Limits } from '../shared/limits.ts'

/** A part of a backup, as it is sent to a client. */
export interface BackupPart {
  /** Digest of the whole file: its name while it is fetched. */
  readonly digest: string
  readonly size: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** An abandoned backup is dropped after this. */
const keptMs = 60_000

/** Backups that are being fetched from here. */
export class Backups implements Component {
  readonly #limits: Limits
  readonly #take: () => Uint8Array
  readonly #held: HeldBytes
  #taking = 0

  /** @param take makes the file of a backup of the state as it is now */
  constructor(limits: Limits, now: () => number, take: () => Uint8Array) {
    this.#limits = limits
    this.#take = take
    this.#held = new HeldBytes(keptMs, now)
  }

  /** Whether the limit of backups is reached. Each holds the whole state in memory. */
  get isFull(): boolean {
    return this.#held.size + this.#taking >= this.#limits.backupsMax
  }

  /** Counts a backup that will perhaps be taken. @returns a function to call once that is settled */
  announce(): () => void {
    this.#taking++
    return () => {
      this.#taking--
    }
  }

  /** Takes a backup of the state as it is now. @returns its first part */
  take(): BackupPart {
    const bytes = this.#take()
    return this.#part(digestOf(bytes), bytes, 0)
  }

  /** A further part; undefined when this backup is not kept here any more. */
  part(digest: string, offset: number): BackupPart | undefined {
    const bytes = this.#held.get(digest)
    return bytes === undefined ? undefined : this.#part(digest, bytes, offset)
  }

  /** Called at every heartbeat. */
  tick(): void {
    this.#held.tick()
  }

  #part(digest: string, bytes: Uint8Array, offset: number): BackupPart {
    this.#held.keep(digest, bytes)
    const part = bytes.subarray(offset, offset + this.#limits.snapshotChunkBytes)
    return { digest, size: bytes.length, offset, bytes: part }
  }
}
