import { connect, type Socket } from 'node:net'
import { CallWriter } from './call-writer.ts'
import { createFrameReader } from './frame-reader.ts'
import {
  defaultWindowBytes,
  flags,
  frame,
  frameTypes,
  preface,
  settingIds,
  settingsFrame,
  windowUpdateFrame,
} from './frames.ts'
import { requestBytes } from './messages.ts'

/** A put, or a read when there is no value; told once how it ended: undefined, or a code. */
export interface Call {
  readonly key: string
  readonly value: string | undefined
  settled(failure: string | undefined): void
}

interface Open {
  readonly call: Call
  /** A call that failed brings no message; one that succeeded brings one. */
  hasMessage: boolean
}

/** One call's request is at most this, so that it fits in the window of a stream. */
export const requestBytesMax = 60_000
/** Answers of calls are small: what the peer may send without being told to go on. */
const receiveWindowBytes = 2 ** 30
const streamWindowBytes = 2 ** 20

/**
 * Many unary calls at once over one HTTP/2 connection: gRPC by hand, on a socket. A client library costs several times what
 * etcd itself spends on a call, and would be measured in its place. Of an answer only what says how it ended is read.
 */
export class EtcdConnection {
  readonly #socket: Socket
  readonly #writer: CallWriter
  readonly #open = new Map<number, Open>()
  readonly #waiting: Call[] = []
  #sendWindow = defaultWindowBytes
  #streamsMax = Number.POSITIVE_INFINITY
  #consumed = 0
  #failure: string | undefined

  constructor(endpoint: string) {
    const { hostname, port, host } = new URL(endpoint)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket = socket
    this.#writer = new CallWriter(host, bytes => {
      if (this.#failure === undefined) socket.write(bytes)
    })
    socket.write(preface)
    socket.write(
      settingsFrame([
        [settingIds.enablePush, 0],
        [settingIds.initialWindow, streamWindowBytes],
      ]),
    )
    socket.write(windowUpdateFrame(receiveWindowBytes))
    socket.on('error', error => this.#end(error.message))
    socket.on('close', () => this.#end('closed'))
    socket.on(
      'data',
      createFrameReader((type, flag, stream, payload) => this.#take(type, flag, stream, payload)),
    )
  }

  call(call: Call): void {
    if (this.#failure !== undefined) {
      const reason = this.#failure
      queueMicrotask(() => call.settled(reason))
    } else if (this.#waiting.length === 0 && this.#mayBegin(call)) this.#begin(call)
    else this.#waiting.push(call)
  }

  close(): void {
    this.#end('closed by the client')
  }

  #mayBegin({ key, value }: Call): boolean {
    return this.#open.size < this.#streamsMax && this.#sendWindow >= requestBytes(key, value)
  }

  #begin(call: Call): void {
    const stream = this.#writer.begin(call.key, call.value)
    this.#sendWindow -= requestBytes(call.key, call.value)
    this.#open.set(stream, { call, hasMessage: false })
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && this.#mayBegin(this.#waiting[0]!)) this.#begin(this.#waiting.shift()!)
  }

  #take(type: number, flag: number, stream: number, payload: Buffer): void {
    const isAck = (flag & flags.ack) !== 0
    if (type === frameTypes.data) this.#takeData(stream, payload)
    else if (type === frameTypes.rstStream) this.#settle(stream, 'reset')
    else if (type === frameTypes.settings && !isAck) this.#takeSettings(payload)
    else if (type === frameTypes.ping && !isAck)
      this.#socket.write(frame(frameTypes.ping, flags.ack, 0, Buffer.from(payload)))
    else if (type === frameTypes.goAway) this.#end('the server ended the connection')
    else if (type === frameTypes.windowUpdate && stream === 0) {
      this.#sendWindow += payload.readUInt32BE() & 0x7fffffff
      this.#beginWaiting()
    }
    const endsStream = type === frameTypes.data || type === frameTypes.headers
    if (endsStream && (flag & flags.endStream) !== 0) this.#settle(stream)
  }

  #takeData(stream: number, payload: Buffer): void {
    const found = this.#open.get(stream)
    if (found !== undefined && payload.length > 0) found.hasMessage = true
    this.#consumed += payload.length
    if (this.#consumed <= receiveWindowBytes / 2) return
    this.#socket.write(windowUpdateFrame(this.#consumed))
    this.#consumed = 0
  }

  #takeSettings(payload: Buffer): void {
    for (let pair = 0; pair < payload.length; pair += 6) {
      const value = payload.readUInt32BE(pair + 2)
      const id = payload.readUInt16BE(pair)
      if (id === settingIds.concurrentStreamsMax) this.#streamsMax = value
      if (id === settingIds.initialWindow && value < requestBytesMax)
        this.#end(`a window of ${value} bytes a call is too small`)
    }
    this.#socket.write(frame(frameTypes.settings, flags.ack, 0, Buffer.alloc(0)))
    this.#beginWaiting()
  }

  #settle(stream: number, code?: string): void {
    const found = this.#open.get(stream)
    if (found === undefined) return
    this.#open.delete(stream)
    found.call.settled(code ?? (found.hasMessage ? undefined : 'grpcStatus'))
    if (this.#waiting.length > 0) this.#beginWaiting()
  }

  #end(reason: string): void {
    if (this.#failure !== undefined) return
    this.#failure = `etcd: ${reason}`
    const left = [...[...this.#open.values()].map(each => each.call), ...this.#waiting]
    this.#open.clear()
    this.#waiting.length = 0
    for (const call of left) call.settled(this.#failure)
    this.#socket.destroy()
  }
}
