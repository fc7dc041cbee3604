import { completeLimits } from '../../actors/shared/check-limits.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import { Utf8Text } from '../../net/utf8-text.ts'

/** Sizes in bytes of UTF-8. Every replica of a cluster, and its clients, must have the same. */
export interface KvLimits {
  /** Bytes of a key in UTF-8. */
  readonly keyBytesMax: number
  /** Bytes of a value in UTF-8. */
  readonly valueBytesMax: number
}
export const defaultKvLimits: KvLimits = { keyBytesMax: 1_024, valueBytesMax: 1_048_576 }

/** The limits that are given, and the defaults of the others. @throws LimitsError for one that is no positive number */
export const kvLimitsOf = (given: Partial<KvLimits>): KvLimits => completeLimits(defaultKvLimits, given, new Set())

/** A command has two values at most, as cas has, and one key; the rest is its number and the lengths. */
export const largestOf = ({ keyBytesMax, valueBytesMax }: KvLimits) => ({
  commandBytesMax: keyBytesMax + 2 * valueBytesMax + 64,
  keyBytesMax,
})

/** A command that the store does not take: `malformed`, or `tooLarge`. It is refused before it is proposed. */
export class KvCommandError extends EpaxosError<'malformed' | 'tooLarge'> {}

const encoder = new TextEncoder()

/** No half of a character in it. Everything that runs this has the method; the library of ES2023 does not name it. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

const isText = (text: unknown): text is Text => typeof text === 'string' || text instanceof Utf8Text

/** A text of a command: a replica gets a long one as its bytes, and makes no string of a value that it only stores. */
export type Text = string | Utf8Text

const bytesOf = (text: Text): number => (typeof text === 'string' ? encoder.encode(text).length : text.byteLength)

/** Whether a text has more bytes of UTF-8 than allowed; they are counted only when it could. */
export function exceeds(text: Text, bytesMax: number): boolean {
  if (typeof text !== 'string') return text.byteLength > bytesMax
  if (text.length * 3 <= bytesMax) return false
  return text.length > bytesMax || encoder.encode(text).length > bytesMax
}

/** @throws KvCommandError always */
export function malformed(expected: string, found: unknown): never {
  const name = found === null ? 'null' : typeof found === 'object' ? 'an object' : `${typeof found} ${String(found)}`
  throw new KvCommandError('malformed', `${expected} was expected, ${name.slice(0, 80)} was found`)
}

/** @throws KvCommandError unless it is a text of at most so many bytes */
export function checkText(text: unknown, name: string, bytesMax: number): void {
  if (!isText(text)) malformed(`a text as ${name}`, text)
  if (exceeds(text, bytesMax))
    throw new KvCommandError('tooLarge', `the ${name} has ${bytesOf(text)} bytes, at most ${bytesMax} are allowed`)
  // Lone surrogates have no UTF-8: they would not come back as they were sent.
  if (typeof text === 'string' && !isWellFormed(text)) malformed(`well-formed Unicode as ${name}`, text)
}
