/** Every queue, frame, wait and delay of a client has its limit here, unit last. */
export interface ClientLimits {
  /** Time from the call to the answer, unless the call says otherwise. */
  readonly timeoutMs: number
  /** A replica that says nothing for this long, though it was asked, is left for another. */
  readonly silenceMs: number
  /** Time for which one endpoint is dialled alone; then the next one is dialled beside it. */
  readonly headStartMs: number
  /** Requests that wait to be sent; more are refused as `overloaded`. */
  readonly queueMax: number
  /** Bytes of the requests that wait to be sent; more are refused as `overloaded`. */
  readonly queueBytesMax: number
  /** Requests sent on one connection and not answered yet; more wait. */
  readonly inFlightMax: number
  /** Their bytes; more wait, unless nothing is in flight. */
  readonly inFlightBytesMax: number
  /** A replica is not called silent for as long as a link this slow needs for the bytes in flight. */
  readonly linkBytesPerSecondMin: number
  /** Requests in one frame. */
  readonly frameMessagesMax: number
  /** Commands of a session in one message of a frame. */
  readonly executeMax: number
  /** Payloads in one frame, bytes, unless a single one is larger. */
  readonly frameBytesMax: number
  /** One command's payload, bytes. */
  readonly payloadBytesMax: number
  /** The pause after a round of all endpoints in vain; it doubles up to the cap. */
  readonly pauseMs: number
  readonly pauseMaxMs: number
}

export const defaultClientLimits: ClientLimits = {
  timeoutMs: 5_000,
  silenceMs: 1_000,
  headStartMs: 200,
  queueMax: 65_536,
  queueBytesMax: 1_073_741_824,
  inFlightMax: 16_384,
  inFlightBytesMax: 8_388_608,
  linkBytesPerSecondMin: 262_144,
  frameMessagesMax: 4_096,
  executeMax: 1_024,
  frameBytesMax: 1_048_576,
  payloadBytesMax: 2 * 1_048_576 + 65_536,
  pauseMs: 50,
  pauseMaxMs: 1_000,
}
