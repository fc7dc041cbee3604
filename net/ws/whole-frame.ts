import { Buffer } from 'node:buffer'

/**
 * Frames up to this are copied behind their header. Larger ones are cheaper to write in two parts: beyond this node allocates
 * memory for each copy by itself.
 */
export const wholeFrameBytesMax = 3_072

const binaryAndLast = 0x82
const masked = 0x80
const twoByteLength = 126

/**
 * A binary frame of WebSocket (RFC 6455, 5.2), header and payload in one piece, which leaves in one plain write; ws gives the
 * system two pieces, which cost a third more. It is made for each small frame.
 * @param isMasked whether a client sends it: its mask is zero, as elsewhere here (`clientOptions`)
 */
export function wholeFrame(payload: Uint8Array, isMasked: boolean): Buffer {
  const { length } = payload
  const isShort = length < twoByteLength
  const head = (isShort ? 2 : 4) + (isMasked ? 4 : 0)
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = binaryAndLast
  frame[1] = (isMasked ? masked : 0) | (isShort ? length : twoByteLength)
  if (!isShort) frame.writeUInt16BE(length, 2)
  if (isMasked) frame.writeUInt32BE(0, head - 4)
  frame.set(payload, head)
  return frame
}
