import { sameBytes } from '../../machines/protocol/same-bytes.ts'
import type { Codec } from '../../net/codec.ts'

/**
 * Encodes the results of a state machine. Every answer is kept for its client, and most results are like the one before:
 * equal bytes that follow each other are one array.
 */
export class ResultEncoder {
  readonly #codec: Pick<Codec, 'encodeBriefly'>
  #latest: Uint8Array = new Uint8Array(0)
  /** The last result that can never change, and its bytes; at first an object that nobody returns. */
  #constant: object = {}
  #ofConstant: Uint8Array = this.#latest

  constructor(codec: Pick<Codec, 'encodeBriefly'>) {
    this.#codec = codec
  }

  /** @returns bytes that nobody may change. @throws CodecError when the result is no plain data */
  encode(result: unknown): Uint8Array {
    if (result === this.#constant) return this.#ofConstant
    const bytes = this.#codec.encodeBriefly(result)
    if (!sameBytes(bytes, this.#latest)) this.#latest = new Uint8Array(bytes)
    if (isConstant(result)) {
      this.#constant = result
      this.#ofConstant = this.#latest
    }
    return this.#latest
  }
}

/** Whether a result is a frozen object of values that are no objects: a getter could give others later. */
function isConstant(result: unknown): result is object {
  if (typeof result !== 'object' || result === null || !Object.isFrozen(result)) return false
  return Object.values(Object.getOwnPropertyDescriptors(result)).every(
    each => 'value' in each && (typeof each.value !== 'object' || each.value === null),
  )
}
