import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/**
 * The TCP socket under an open WebSocket; undefined once it is closed. It alone knows of bytes of a frame that has not
 * come, or not left, whole. ws has no public way to it.
 */
export const tcpSocketOf = (socket: WebSocket): Socket | undefined =>
  (socket as unknown as { readonly _socket?: Socket | null })._socket ?? undefined
