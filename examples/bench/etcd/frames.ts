/** HTTP/2 frames (RFC 9113), as far as unary calls of gRPC need them. */
export const frameTypes = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const
export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const
export const settingIds = { enablePush: 2, concurrentStreamsMax: 3, initialWindow: 4, frameBytesMax: 5 } as const

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
export const frameHeaderBytes = 9
/** What a peer takes unless its settings say more. */
export const defaultWindowBytes = 65_535
export const defaultFrameBytesMax = 16_384

export function writeFrameHeader(
  into: Buffer,
  at: number,
  length: number,
  type: number,
  flag: number,
  stream: number,
): number {
  into.writeUIntBE(length, at, 3)
  into[at + 3] = type
  into[at + 4] = flag
  into.writeUInt32BE(stream, at + 5)
  return at + frameHeaderBytes
}

export function frame(type: number, flag: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes + payload.length)
  bytes.set(payload, writeFrameHeader(bytes, 0, payload.length, type, flag, stream))
  return bytes
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6)
  settings.forEach(([id, value], at) => {
    payload.writeUInt16BE(id, at * 6)
    payload.writeUInt32BE(value, at * 6 + 2)
  })
  return frame(frameTypes.settings, 0, 0, payload)
}

export function windowUpdateFrame(bytes: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(bytes)
  return frame(frameTypes.windowUpdate, 0, 0, payload)
}
