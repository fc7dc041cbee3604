/** Bytes that others fetch in parts: they stay for a while after they were last asked for, whatever has come since. */
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

  /** Keeps them from now on. */
  keep(name: string, bytes: Uint8Array): void {
    this.#held.set(name, { bytes, askedMs: this.#now() })
  }

  get(name: string): Uint8Array | undefined {
    return this.#held.get(name)?.bytes
  }

  /** Lets go of what nobody asks for any more. */
  tick(): void {
    for (const [name, { askedMs }] of this.#held) if (this.#now() - askedMs > this.#keptMs) this.#held.delete(name)
  }
}
