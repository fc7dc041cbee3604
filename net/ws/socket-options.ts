import type { ClientOptions, ServerOptions } from 'ws'

const fragmentsMax = 1024
const bufferedChunksMax = 16 * 1024

/** Limits that hold on both ends of every socket. Small frames of one turn are coalesced already: no compression. */
export const serverOptions = (frameBytesMax: number): ServerOptions => ({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: frameBytesMax,
  maxFragments: fragmentsMax,
  maxBufferedChunks: bufferedChunksMax,
})

export const clientOptions = (frameBytesMax: number): ClientOptions => ({
  perMessageDeflate: false,
  maxPayload: frameBytesMax,
  maxFragments: fragmentsMax,
  maxBufferedChunks: bufferedChunksMax,
  followRedirects: false,
  // Masking keeps web pages from forging requests to a proxy; this is no web page, and the zero mask costs nothing.
  generateMask: mask => mask.fill(0),
})
