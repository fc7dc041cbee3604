/**
 * A 64-bit FNV-1a hash in two halves, as hex: for telling states that differ by accident, not against an adversary.
 * Runs where there is no crypto module.
 */
export function digestOf(bytes: Uint8Array): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let at = 0; at < bytes.length; at++) {
    a = Math.imul(a ^ bytes[at]!, 0x01000193)
    b = Math.imul(b ^ bytes[at]!, 0x85ebca6b)
    b ^= b >>> 13
  }
  return hex(a) + hex(b)
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
