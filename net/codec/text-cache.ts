/** Longer texts are seldom seen twice, and cost too much to compare. */
export const cachedTextMax = 48

/** A power of two. */
const places = 4_096

type Decode = (bytes: Uint8Array, from: number, length: number) => string

/**
 * Short texts of ASCII that were decoded lately. A replica decodes each key at least twice, before it votes and when it
 * executes: the second time it gets the same string, whose hash is known to every map already.
 */
export class TextCache {
  readonly #texts: string[] = new Array<string>(places).fill('')
  readonly #decode: Decode

  /** @param decode makes a text that was not seen lately */
  constructor(decode: Decode) {
    this.#decode = decode
  }

  /** The text of these bytes, at most `cachedTextMax`. */
  get(bytes: Uint8Array, from: number, length: number): string {
    const end = from + length
    let hash = length
    for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
    const place = (hash ^ (hash >>> 15)) & (places - 1)
    const found = this.#texts[place]!
    if (found.length === length && isTextOf(found, bytes, from)) return found
    const text = this.#decode(bytes, from, length)
    // Of as many characters as bytes: it is ASCII. The bytes of another text could look like its characters.
    if (text.length === length) this.#texts[place] = text
    return text
  }
}

function isTextOf(text: string, bytes: Uint8Array, from: number): boolean {
  let at = from
  for (let which = 0; which < text.length; which++) if (text.charCodeAt(which) !== bytes[at++]) return false
  return true
}
