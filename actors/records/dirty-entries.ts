import type { Entry } from './entry.ts'

/** What a record takes beside its command, about. */
const recordBytes = 64
/** Records that one transaction takes, and that are encoded for it at once. */
const recordsMax = 1_024

interface Dirty {
  /** Number of the write that made it dirty. Later ones of the same entry go with it. */
  readonly since: number
  /** Bytes that are counted: its command may be learnt after its first record. */
  bytes: number
}

/** Some entries, the oldest first, for one transaction. */
export interface TakenEntries {
  readonly entries: readonly Entry[]
  /** Bytes of their commands. */
  readonly bytes: number
  /** Number of the write that made the oldest remaining entry dirty; undefined: none remains. */
  readonly next: number | undefined
  /** Takes all of them back: nothing of them was written. */
  putBack(): void
}

/** The entries of the outbox whose records are to be written, each once, and the bytes of their commands. */
export class DirtyEntries {
  /** In the order in which they became dirty. */
  #entries = new Map<Entry, Dirty>()
  #bytes = 0

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @param write its number: one more each time */
  add(entry: Entry, write: number): void {
    const { payloadBytes } = entry
    const dirty = this.#entries.get(entry)
    this.#bytes += payloadBytes - (dirty?.bytes ?? 0)
    if (dirty === undefined) this.#entries.set(entry, { since: write, bytes: payloadBytes })
    else dirty.bytes = payloadBytes
  }

  has(entry: Entry): boolean {
    return this.#entries.has(entry)
  }

  /** Takes the oldest entries, at least one: no more than some, whose records have so many bytes at most. */
  take(bytesMax: number): TakenEntries {
    const taken = new Map<Entry, Dirty>()
    let bytes = 0
    let toWrite = 0
    let next: number | undefined
    for (const [entry, dirty] of this.#entries) {
      // What was stored once is not written again.
      toWrite += recordBytes + (entry.payloadStored ? 0 : dirty.bytes)
      if (taken.size === recordsMax || (taken.size > 0 && toWrite > bytesMax)) {
        next = dirty.since
        break
      }
      taken.set(entry, dirty)
      bytes += dirty.bytes
    }
    if (next === undefined) this.#entries = new Map()
    else for (const entry of taken.keys()) this.#entries.delete(entry)
    this.#bytes -= bytes
    return { entries: [...taken.keys()], bytes, next, putBack: () => this.#putBack(taken) }
  }

  #putBack(taken: Map<Entry, Dirty>): void {
    const since = this.#entries
    this.#entries = taken
    for (const [entry, dirty] of since) {
      const before = taken.get(entry)
      if (before === undefined) taken.set(entry, dirty)
      else before.bytes = dirty.bytes
    }
    this.#bytes = 0
    for (const { bytes } of taken.values()) this.#bytes += bytes
  }
}
