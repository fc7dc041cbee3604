import { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import { clientOptions } from './socket-options.ts'

/**
 * The reason why no socket was opened. `refused`: no process listens there; `silent`: no answer in time; `stranger`:
 * the other side is no replica of ours; `failed`: all else, also a replica that is not ready.
 */
export interface DialFailure {
  readonly kind: 'refused' | 'silent' | 'stranger' | 'failed'
  readonly reason: string
}

export interface DialEvents {
  /** The socket is open, and belongs to the caller, which handles its errors from here on. */
  opened(socket: WebSocket): void
  failed(failure: DialFailure): void
}

/**
 * Opens a socket within a deadline: one of the two events comes, once, and later.
 * @returns a function that gives it up
 */
export function dial(
  url: string,
  frameBytesMax: number,
  clock: Clock,
  timeoutMs: number,
  events: DialEvents,
): () => void {
  const socket = new WebSocket(url, clientOptions(frameBytesMax))
  let failure: DialFailure | undefined
  const fail = (kind: DialFailure['kind'], reason: string): void => {
    failure ??= { kind, reason: `${url} ${reason}` }
  }
  const deadline = clock.setTimeout(() => {
    fail('silent', `did not answer for ${timeoutMs} ms`)
    socket.terminate()
  }, timeoutMs)

  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode
    if (status === 503) fail('failed', 'takes no connections now: it is starting, stopping or full (HTTP status 503)')
    else if (status === 421)
      fail('stranger', `does not go by this name: --allow-host ${new URL(url).hostname} lets it (HTTP status 421)`)
    else fail('stranger', `answered with HTTP status ${status}`)
    request.destroy()
    socket.terminate()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') fail('refused', 'refused the connection: nobody listens there')
    // The answer was no HTTP (codes of node's parser), or no WebSocket handshake (no code: the system's errors have
    // one).
    else if (error.code === undefined || error.code.startsWith('HPE_'))
      fail('stranger', `is no replica: ${error.message}`)
    else fail('failed', `could not be reached: ${error.message || error.code}`)
  })
  socket.on('close', () => {
    clock.clearTimeout(deadline)
    events.failed(failure ?? { kind: 'failed', reason: `${url} closed the connection` })
  })
  socket.on('open', () => {
    clock.clearTimeout(deadline)
    socket.removeAllListeners()
    events.opened(socket)
  })
  return () => {
    fail('failed', 'is dialled no more')
    socket.terminate()
  }
}
