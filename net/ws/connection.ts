import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'
import { closeCodes, closeReason } from './close-codes.ts'
import { watchSilence } from './silence.ts'
import { tcpSocketOf } from './tcp-socket.ts'
import { wholeFrame, wholeFrameBytesMax } from './whole-frame.ts'

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
  /** Called when the socket takes more again, after it had no room. */
  drained?(): void
  /** Called now and then while bytes of a frame arrive that has not come whole yet. */
  receiving?(): void
  /** Called last, and once; never from inside a call. */
  ended(ending: Ending): void
}

export interface ConnectionOptions {
  readonly clock: Clock
  /** `server` for a socket that was accepted. A client masks its frames. */
  readonly side: 'client' | 'server'
  readonly pingIntervalMs: number
  /** Bytes queued; a frame beyond them is dropped. */
  readonly queueBytesMax: number
  /** From so many bytes queued on there is no room for more; left out: as `queueBytesMax`. */
  readonly roomBytes?: number
  /** A socket that has neither brought nor taken a byte for so long is ended; left out: pings decide alone. */
  readonly stallMs?: number
  /** Number of intervals without a sign of life after which it is given up; left out: 2. */
  readonly silentIntervals?: number
}

/** An open WebSocket with the rules of all of ours: bounded, watched, closed with a reason. */
export interface Connection {
  /** Queues one frame; false when the queue is full or the connection is ending, and the frame is dropped. */
  send(frame: Uint8Array): boolean
  /** Whether the socket takes more now: what waits in it is little. */
  readonly hasRoom: boolean
  /** Bytes that wait to leave. */
  readonly waiting: number
  /** Bytes that have come so far, those of an unfinished frame included. */
  readonly received: number
  /** Reads nothing more from the other side, so that it cannot send for long; `resume` reads again. */
  pause(): void
  resume(): void
  /** Ends it with a reason for the other side, after the queued frames; by force when that takes long. */
  close(code: number, reason: string): void
  /** Ends it at once. */
  abort(reason: string): void
}

/** Time that the other side may take to answer a close frame. */
const closeTimeoutMs = 1_000

/** Bytes of the header of a frame. */
const headerBytesMax = 14

/** Time between two reports of bytes of an unfinished frame. */
const receivingMs = 100

/** Takes over an open socket. ws sets TCP_NODELAY on it. */
export const createConnection = (socket: WebSocket, options: ConnectionOptions, events: ConnectionEvents): Connection =>
  new SocketConnection(socket, options, events)

class SocketConnection implements Connection {
  readonly #socket: WebSocket
  readonly #tcp: Socket | undefined
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #silence: { stop(): void }
  #ours: Ending | undefined
  #failure: Error | undefined
  #closeTimer: unknown
  #isFull = false
  #isPaused = false

  constructor(socket: WebSocket, options: ConnectionOptions, events: ConnectionEvents) {
    this.#socket = socket
    this.#tcp = tcpSocketOf(socket)
    this.#options = options
    this.#events = events
    const { clock, pingIntervalMs, silentIntervals } = options
    const silent = (silentMs: number) => this.#cutOff(`no sign of life for ${silentMs} ms`)
    this.#silence = watchSilence(
      socket,
      clock,
      pingIntervalMs,
      silent,
      () => this.received,
      () => this.#isPaused,
      silentIntervals,
    )
    this.#watchBytes()
    socket.on('message', (data, isBinary) => {
      if (this.#ours !== undefined) return
      if (isBinary) events.frame(data as Buffer)
      else this.close(closeCodes.notBinary, 'frames are binary here')
    })
    socket.on('error', error => {
      this.#failure = error
    })
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()))
  }

  get hasRoom(): boolean {
    return !this.#isFull
  }
  get waiting(): number {
    return this.#socket.bufferedAmount
  }
  get received(): number {
    return this.#tcp?.bytesRead ?? 0
  }

  send(frame: Uint8Array): boolean {
    const { queueBytesMax, roomBytes = queueBytesMax } = this.#options
    const socket = this.#socket
    if (this.#ours !== undefined || socket.readyState !== socket.OPEN) return false
    const before = this.waiting
    if (before > 0 && before + frame.length > queueBytesMax) return false
    // Only what may fill the queue tells when it has left.
    const left = before + frame.length + headerBytesMax >= roomBytes ? this.#left : undefined
    this.#write(frame, left)
    if (left !== undefined && this.waiting >= roomBytes) this.#isFull = true
    return true
  }

  pause(): void {
    if (this.#isPaused || this.#ours !== undefined) return
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }

  close(code: number, reason: string): void {
    if (this.#ours !== undefined) return
    // The answer to the close frame has to be read.
    this.resume()
    this.#ours = { by: 'us', code, reason }
    this.#socket.close(code, closeReason(reason))
    this.#closeTimer = this.#options.clock.setTimeout(() => this.#socket.terminate(), closeTimeoutMs)
  }

  abort(reason: string): void {
    this.#ours ??= { by: 'us', code: 1006, reason }
    this.#socket.terminate()
  }

  #cutOff(reason: string): void {
    this.#ours ??= { by: 'silence', code: 1006, reason }
    this.#socket.terminate()
  }

  /** Sockets here neither compress nor fragment, so that ws keeps nothing back that has to leave before. */
  #write(frame: Uint8Array, left: (() => void) | undefined): void {
    const tcp = this.#tcp
    if (tcp === undefined || frame.length > wholeFrameBytesMax) this.#socket.send(frame, { binary: true }, left)
    else tcp.write(wholeFrame(frame, this.#options.side === 'client'), left)
  }

  /** Watches the bytes under the frames: a slow link brings and takes some long before a frame is whole. */
  #watchBytes(): void {
    const tcp = this.#tcp
    if (tcp === undefined) return
    const { stallMs, clock } = this.#options
    // Node counts every byte that the system takes or brings as activity, also within one write.
    if (stallMs !== undefined) {
      const stalled = () => this.#cutOff(`${this.waiting} bytes wait for it, and it has taken none for ${stallMs} ms`)
      tcp.setTimeout(stallMs, stalled)
    }
    const { receiving } = this.#events
    if (receiving === undefined) return
    let toldMs = clock.now()
    tcp.on('data', () => {
      const nowMs = clock.now()
      if (nowMs - toldMs < receivingMs) return
      toldMs = nowMs
      receiving()
    })
  }

  /** Called when a frame has left the socket. Room is told of in a turn of the event loop of its own. */
  readonly #left = (): void => {
    const { queueBytesMax, roomBytes = queueBytesMax } = this.#options
    if (!this.#isFull || this.waiting >= roomBytes) return
    this.#isFull = false
    setImmediate(() => {
      if (this.#ours === undefined && !this.#isFull) this.#events.drained?.()
    })
  }

  #closed(code: number, reason: string): void {
    this.#silence.stop()
    this.#options.clock.clearTimeout(this.#closeTimer)
    this.#events.ended(
      this.#ours ??
        (this.#failure === undefined && code !== 1006
          ? { by: 'them', code, reason: reason || `closed with code ${code}` }
          : { by: 'lost', code, reason: this.#failure?.message ?? 'the connection broke' }),
    )
    // Nothing is told after the end.
    this.#ours ??= { by: 'lost', code, reason }
  }
}
