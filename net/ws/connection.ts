import type { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import { closeCodes, closeReason } from './close-codes.ts'
import { watchSilence } from './silence.ts'

/** The end of a connection. `us`: closed here; `them`: closed there; `silence`: no sign of life; `lost`: all else. */
export interface Ending {
  readonly by: 'us' | 'them' | 'silence' | 'lost'
  /** The close code, 1006 when there was no close frame. */
  readonly code: number
  readonly reason: string
}

export interface ConnectionEvents {
  /** One binary frame. Never after `close`. */
  frame(bytes: Uint8Array): void
  /** Called last, and once; never from inside a call. */
  ended(ending: Ending): void
}

export interface ConnectionOptions {
  readonly clock: Clock
  readonly pingIntervalMs: number
  readonly queueBytesMax: number
}

/** An open WebSocket with the rules of all of ours: bounded, watched, closed with a reason. */
export interface Connection {
  /** Queues one frame; false when the queue is full or the connection is ending, and the frame is dropped. */
  send(frame: Uint8Array): boolean
  /** Ends it with a reason for the other side, after the queued frames; by force when that takes long. */
  close(code: number, reason: string): void
  /** Ends it at once. */
  abort(reason: string): void
}

/** Time that the other side may take to answer a close frame. */
const closeTimeoutMs = 1_000

/** Takes over an open socket. ws sets TCP_NODELAY on it. */
export function createConnection(socket: WebSocket, options: ConnectionOptions, events: ConnectionEvents): Connection {
  const { clock, queueBytesMax } = options
  let ours: Ending | undefined
  let failure: Error | undefined
  let closeTimer: unknown

  const connection: Connection = {
    send(frame) {
      if (ours !== undefined || socket.readyState !== socket.OPEN) return false
      if (socket.bufferedAmount > 0 && socket.bufferedAmount + frame.length > queueBytesMax) return false
      socket.send(frame, { binary: true })
      return true
    },
    close(code, reason) {
      if (ours !== undefined) return
      ours = { by: 'us', code, reason }
      socket.close(code, closeReason(reason))
      closeTimer = clock.setTimeout(() => socket.terminate(), closeTimeoutMs)
    },
    abort(reason) {
      ours ??= { by: 'us', code: 1006, reason }
      socket.terminate()
    },
  }

  const silence = watchSilence(socket, clock, options.pingIntervalMs, silentMs => {
    ours ??= { by: 'silence', code: 1006, reason: `no sign of life for ${silentMs} ms` }
    socket.terminate()
  })
  socket.on('message', (data, isBinary) => {
    if (ours !== undefined) return
    if (isBinary) events.frame(data as Buffer)
    else connection.close(closeCodes.notBinary, 'frames are binary here')
  })
  socket.on('error', error => {
    failure = error
  })
  socket.on('close', (code, reason) => {
    silence.stop()
    clock.clearTimeout(closeTimer)
    events.ended(
      ours ??
        (failure === undefined && code !== 1006
          ? { by: 'them', code, reason: reason.toString() || `closed with code ${code}` }
          : { by: 'lost', code, reason: failure?.message ?? 'the connection broke' }),
    )
  })
  return connection
}
