/**
 * Messages as frames that the other side takes, usually one. Messages too large for one frame go in several, in order.
 * @param aloneBytesMax bytes of a frame with a single message
 * @returns undefined for a message that fits into no frame by itself
 */
export function splitFrames<M>(
  encode: (messages: readonly M[]) => Uint8Array,
  messages: readonly M[],
  messagesMax: number,
  bytesMax: number,
  aloneBytesMax = bytesMax,
): (Uint8Array | undefined)[] {
  if (messages.length <= messagesMax) {
    const frame = encode(messages)
    if (frame.length <= bytesMax) return [frame]
    if (messages.length === 1) return [frame.length <= aloneBytesMax ? frame : undefined]
  }
  const half = Math.ceil(messages.length / 2)
  return [messages.slice(0, half), messages.slice(half)].flatMap(part =>
    splitFrames(encode, part, messagesMax, bytesMax, aloneBytesMax),
  )
}
