import type { Draw } from '../../sim/world/random.ts'
import { randomBytes } from './values.ts'

/** MessagePack heads that promise more than there is, and values that no frame of ours has. */
const heads: readonly (readonly number[])[] = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdc, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xdf, 0xff, 0xff, 0xff, 0xff],
  [0xd6, 0xff, 0, 0, 0, 0],
  [0xd4, 0x72, 0x40],
  [0xd4, 0x78, 0],
  [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  [0xc1],
  [0xc0],
]

/** Bytes that were right, damaged once or some times: flipped, cut, doubled, filled, with a head that lies. */
export function mutated(draw: Draw, bytes: Uint8Array): Uint8Array {
  let result = new Uint8Array(bytes)
  for (let times = draw.whole(1, 4); times > 0; times--) result = mutatedOnce(draw, result)
  return result
}

function mutatedOnce(draw: Draw, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = draw.whole(0, bytes.length)
  const to = Math.min(bytes.length, at + draw.whole(1, 8))
  const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
  switch (draw.whole(0, 5)) {
    case 0: {
      const flipped = new Uint8Array(bytes)
      if (at < flipped.length) flipped[at]! ^= 1 << draw.whole(0, 7)
      return flipped
    }
    case 1:
      return bytes.slice(0, at)
    case 2:
      return join(bytes.subarray(0, at), bytes.subarray(to))
    case 3:
      return join(bytes.subarray(0, to), bytes.subarray(at))
    case 4:
      return join(bytes.subarray(0, at), randomBytes(draw, draw.whole(1, 8)), bytes.subarray(to))
    default:
      return join(bytes.subarray(0, at), Uint8Array.from(draw.pick(heads)), bytes.subarray(to))
  }
}

/** Bytes without any sense, and lists of lists that each claim what is left. */
export function nonsense(draw: Draw): Uint8Array {
  const length = draw.pick([0, 1, 3, 20, 400, 65_536, 1_048_576])
  if (length > 400) return new Uint8Array(length).fill(draw.pick([0x91, 0xdd, 0x90, 0xc1, 0xff, 0x00]))
  return randomBytes(draw, length)
}
