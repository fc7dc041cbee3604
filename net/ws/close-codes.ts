/** Close codes of our own (4000-4999 are an application's) and the standard ones in use (RFC 6455, 7.4.1). */
export const closeCodes = {
  /** The replica, or the client, is going away. */
  goingAway: 1001,
  /** A frame of text: ours are binary. */
  notBinary: 1003,
  /** Bytes that the codec does not take, or a frame at the wrong moment. */
  malformed: 4400,
  /** The greeting was refused; the reason says why. */
  refused: 4403,
  /** The greeting, or the welcome, did not come in time. */
  tooSlow: 4408,
  /** The greeting is right, and the store of the member is not: another one, or an old copy. */
  disowned: 4410,
  /** A newer connection of the same member takes this one's place. */
  replaced: 4409,
} as const

/** Whether the other side refused us, as opposed to a lost connection. */
export const isRefusal = (code: number): boolean => code >= 4000 && code <= 4999

const reasonBytesMax = 123

/** A close frame has room for 123 bytes of reason. */
export function closeReason(reason: string): string {
  if (Buffer.byteLength(reason) <= reasonBytesMax) return reason
  let end = reasonBytesMax - 3
  while (Buffer.byteLength(reason.slice(0, end)) > reasonBytesMax - 3) end--
  return `${reason.slice(0, end)}...`
}
