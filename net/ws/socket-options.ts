import type { ClientOptions, ServerOptions } from 'ws'

const fragmentsMax = 1024
const bufferedChunksMax = 16 * 1024

/**
 * Intervals without a sign of life after which a client's connection is given up, on both ends. The client goes to another
 * replica long before when its requests are not answered; but when it loses a connection with large commands in flight to a
 * machine that is merely busy, it sends all of them again.
 */
export const silentIntervals = 5

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
