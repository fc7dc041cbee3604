import type { Footprint, Keys } from '../../machines/protocol/commands.ts'
import type { Limits } from '../shared/limits.ts'
import { disown } from '../shared/thrown.ts'
import type { Refusal } from './refusal.ts'

const encoder = new TextEncoder()

/** No half of a character in it. Every Node that runs this has the method; the library of ES2023 does not name it. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/**
 * Inspects what a state machine returned as a footprint: returns a copy, since the state machine may change its own
 * later, or the refusal.
 */
export function inspectFootprint(found: unknown, limits: Limits): Footprint | Refusal {
  if (typeof found !== 'object' || found === null)
    return unsound(`an object with \`reads\` and \`writes\` is expected, found ${disown(found)}`)
  const { reads, writes } = found as { readonly reads?: unknown; readonly writes?: unknown }
  if (reads === undefined && writes === undefined)
    return unsound(`an object with \`reads\` and \`writes\` is expected, found ${disown(found)}`)
  const soundReads = inspectKeys('reads', reads, limits)
  if (typeof soundReads === 'object' && 'code' in soundReads) return soundReads
  const soundWrites = inspectKeys('writes', writes, limits)
  if (typeof soundWrites === 'object' && 'code' in soundWrites) return soundWrites
  return { reads: soundReads, writes: soundWrites }
}

function inspectKeys(name: string, keys: unknown, limits: Limits): Keys | Refusal {
  if (keys === 'all') return keys
  if (!Array.isArray(keys)) return unsound(`\`${name}\`: 'all' or a list of keys is expected, found ${disown(keys)}`)
  // One more key is its session's.
  const keysMax = limits.footprintKeysMax - 1
  const count = keys.length
  if (count > keysMax) return tooLarge(`${count} keys in one command; at most ${keysMax} are allowed`)
  const sound = new Array<string>(count)
  for (let at = 0; at < count; at++) {
    const key: unknown = keys[at]
    if (typeof key !== 'string') return unsound(`\`${name}\`: a key is a text, found ${disown(key)}`)
    if (!isWellFormed(key)) return unsound(`\`${name}\`: a key is a text of whole characters, found half of one`)
    if (key.length * 3 > limits.keyBytesMax) {
      const { length } = encoder.encode(key)
      if (length > limits.keyBytesMax)
        return tooLarge(`a key of ${length} bytes; at most ${limits.keyBytesMax} are allowed`)
    }
    sound[at] = key
  }
  return sound
}

export const tooLarge = (reason: string): Refusal => ({ code: 'tooLarge', reason })
const unsound = (reason: string): Refusal => ({
  code: 'malformed',
  reason: `no command of this state machine: its footprint is unsound: ${reason}`,
})
