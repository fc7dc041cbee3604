/**
 * Bytes that others fetch in parts. They stay for a while after the last request, even if newer ones have replaced
 * them.
 */
export class HeldBytes {
  readonly #keptMs: number
  readonly #now: () => number
  readonly #held = new Map<string, { readonly bytes: Uint8Array; askedMs: number }>()

  constructor(keptMs: number, now: () => number) {
    this.#keptMs = keptMs
    this.#now = now
  }

  get size(): number {
    return this.#held.size
  }

  /** Keeps bytes under a name from now on. */
  keep(name: string, bytes: Uint8Array): void {
    this.#held.set(name, { bytes, askedMs: this.#now() })
  }

  get(name: string): Uint8Array | undefined {
    return this.#held.get(name)?.bytes
  }

  /** Drops bytes that were not requested for a while. */
  tick(): void {
    for (const [name, { askedMs }] of this.#held) if (this.#now() - askedMs > this.#keptMs) this.#held.delete(name)
  }
}
