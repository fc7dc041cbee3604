import { copyBytes } from './copy-bytes.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A text as its bytes of UTF-8, where they came in: a state machine that asks for it gets the long texts of its commands
 * like this, and one that only stores a value never makes a string of it. It is a part of memory that others use, so its
 * bytes cannot be changed through it, and it is good until the call ends for which it was made.
 */
export class Utf8Text {
  readonly #bytes: Uint8Array
  readonly #from: number
  readonly #to: number

  /** @param bytes sound UTF-8 from one place to the other, which whoever makes it has checked */
  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
  }

  get byteLength(): number {
    return this.#to - this.#from
  }

  /** The text as a string, made anew at each call. */
  toString(): string {
    return decoder.decode(this.#bytes.subarray(this.#from, this.#to))
  }

  toJSON(): string {
    return this.toString()
  }

  /** Whether both are the same text. */
  equals(other: Utf8Text | string): boolean {
    if (typeof other === 'string') return this.toString() === other
    const length = this.byteLength
    if (other.byteLength !== length) return false
    const mine = this.#bytes
    const its = other.#bytes
    for (let mineAt = this.#from, itsAt = other.#from; mineAt < this.#to; mineAt++, itsAt++)
      if (mine[mineAt] !== its[itsAt]) return false
    return true
  }

  /** Copies the bytes. @returns the place after them */
  copyTo(target: Uint8Array, at: number): number {
    return copyBytes(this.#bytes, this.#from, this.#to, target, at)
  }
}
