import type { Entry } from './entry.ts'

/** The entries of the outbox whose records are to be written, each once, and the bytes of their commands. */
export class DirtyEntries {
  /** With each entry, the bytes that are counted for it: its command may be learnt after its first record. */
  readonly #entries = new Map<Entry, number>()
  #bytes = 0

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  add(entry: Entry): void {
    const { payloadBytes } = entry
    this.#bytes += payloadBytes - (this.#entries.get(entry) ?? 0)
    this.#entries.set(entry, payloadBytes)
  }

  has(entry: Entry): boolean {
    return this.#entries.has(entry)
  }

  /** Takes all entries, in the order in which they were first added. */
  takeAll(): readonly Entry[] {
    const entries = [...this.#entries.keys()]
    this.#entries.clear()
    this.#bytes = 0
    return entries
  }
}
