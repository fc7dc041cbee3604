import type { StateWrites } from './state-writes.ts'

export interface LastPartPorts {
  readonly store: Pick<StateWrites, 'read'>
  turn(run: () => void): void
  failed(error: Error): void
}

/**
 * The part that somebody fetches now, out of what is in the store: it is sent in chunks, which are asked for one by one,
 * and is read once for all of them.
 */
export class LastPart {
  #at: number | undefined
  #bytes: Uint8Array = new Uint8Array()

  /**
   * Hands over a part, also later than this call.
   * @param at what tells it from the other parts
   * @param key where it lies in the store
   */
  read(at: number, key: number, { store, turn, failed }: LastPartPorts, done: (bytes: Uint8Array) => void): void {
    if (this.#at === at) done(this.#bytes)
    else
      store.read(key, (error, bytes) =>
        turn(() => {
          if (error !== null) failed(error)
          else done(this.#keep(at, bytes!))
        }),
      )
  }

  /** The same of a part that is made here. */
  make(at: number, make: () => Uint8Array): Uint8Array {
    return this.#at === at ? this.#bytes : this.#keep(at, make())
  }

  #keep(at: number, bytes: Uint8Array): Uint8Array {
    this.#at = at
    this.#bytes = bytes
    return bytes
  }
}
