import { connect } from 'node:net'
import { firstHeaders, laterHeaders, putPath, rangePath } from './call-headers.ts'
import { createFrameReader } from './frame-reader.ts'
import {
  defaultFrameBytesMax,
  defaultWindowBytes,
  flags,
  frame,
  frameHeaderBytes,
  frameTypes,
  preface,
  settingIds,
  settingsFrame,
  windowUpdateFrame,
  writeFrameHeader,
} from './frames.ts'
import { requestBytes, writeRequest } from './messages.ts'

/** A put, or a read when there is no value; told once how it ended: undefined, or a code. */
export interface Call {
  readonly key: string
  readonly value: string | undefined
  settled(failure: string | undefined): void
}

/** Many unary calls at once over one HTTP/2 connection. */
export interface EtcdConnection {
  call(call: Call): void
  close(): void
}

interface Open {
  readonly call: Call
  /** A call that failed brings no message; one that succeeded brings one. */
  hasMessage: boolean
}

/** One call's request is at most this, so that it fits in the window of a stream. */
export const requestBytesMax = 60_000
const chunkBytes = 256 * 1_024
/** Answers of calls are small: what the peer may send without being told to go on. */
const receiveWindowBytes = 2 ** 30
const streamWindowBytes = 2 ** 20
const openingBytesMax = 512

/**
 * gRPC by hand, on a socket: a client library costs several times what etcd itself spends on a call, and would be measured
 * in its place. All calls of a turn leave in one write; of an answer only what says how it ended is read.
 */
export function connectEtcd(endpoint: string): EtcdConnection {
  const { hostname, port, host } = new URL(endpoint)
  const headers = { put: laterHeaders(putPath), range: laterHeaders(rangePath) }
  const first = { put: firstHeaders(putPath, host), range: firstHeaders(rangePath, host) }
  const open = new Map<number, Open>()
  const waiting: Call[] = []
  let nextStream = 1
  let sendWindow = defaultWindowBytes
  let streamsMax = Number.POSITIVE_INFINITY
  let consumed = 0
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let from = 0
  let at = 0
  let flushIsDue = false
  let failure: string | undefined

  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.write(preface)
  socket.write(
    settingsFrame([
      [settingIds.enablePush, 0],
      [settingIds.initialWindow, streamWindowBytes],
    ]),
  )
  socket.write(windowUpdateFrame(receiveWindowBytes))
  socket.on('error', error => end(error.message))
  socket.on('close', () => end('closed'))
  socket.on('data', createFrameReader(take))

  function end(reason: string): void {
    if (failure !== undefined) return
    failure = `etcd: ${reason}`
    const left = [...[...open.values()].map(each => each.call), ...waiting]
    open.clear()
    waiting.length = 0
    for (const call of left) call.settled(failure)
    socket.destroy()
  }

  function flush(): void {
    flushIsDue = false
    if (at === from || failure !== undefined) return
    socket.write(chunk.subarray(from, at))
    from = at
  }

  function flushLater(): void {
    if (flushIsDue) return
    flushIsDue = true
    queueMicrotask(flush)
  }

  function makeRoom(bytes: number): void {
    if (chunk.length - at >= bytes) return
    flush()
    chunk = Buffer.allocUnsafe(Math.max(chunkBytes, bytes))
    from = 0
    at = 0
  }

  function mayBegin({ key, value }: Call): boolean {
    return open.size < streamsMax && sendWindow >= requestBytes(key, value)
  }

  function begin(call: Call): void {
    const { key, value } = call
    const stream = nextStream
    nextStream += 2
    const bytes = requestBytes(key, value)
    const frames = Math.ceil(bytes / defaultFrameBytesMax)
    makeRoom(openingBytesMax + bytes + frames * frameHeaderBytes)
    const kind = value === undefined ? 'range' : 'put'
    const block = stream === 1 ? first[kind] : headers[kind]
    at = writeFrameHeader(chunk, at, block.length, frameTypes.headers, flags.endHeaders, stream)
    at += block.copy(chunk, at)
    if (frames === 1) {
      at = writeFrameHeader(chunk, at, bytes, frameTypes.data, flags.endStream, stream)
      at = writeRequest(chunk, at, key, value)
    } else {
      const message = Buffer.allocUnsafe(bytes)
      writeRequest(message, 0, key, value)
      for (let cut = 0; cut < bytes; cut += defaultFrameBytesMax) {
        const part = message.subarray(cut, cut + defaultFrameBytesMax)
        const flag = cut + part.length === bytes ? flags.endStream : 0
        at = writeFrameHeader(chunk, at, part.length, frameTypes.data, flag, stream)
        at += part.copy(chunk, at)
      }
    }
    sendWindow -= bytes
    open.set(stream, { call, hasMessage: false })
    flushLater()
  }

  function beginWaiting(): void {
    while (waiting.length > 0 && mayBegin(waiting[0]!)) begin(waiting.shift()!)
  }

  function settle(stream: number, code?: string): void {
    const found = open.get(stream)
    if (found === undefined) return
    open.delete(stream)
    found.call.settled(code ?? (found.hasMessage ? undefined : 'grpcStatus'))
    if (waiting.length > 0) beginWaiting()
  }

  function takeSettings(payload: Buffer): void {
    for (let pair = 0; pair < payload.length; pair += 6) {
      const value = payload.readUInt32BE(pair + 2)
      const id = payload.readUInt16BE(pair)
      if (id === settingIds.concurrentStreamsMax) streamsMax = value
      if (id === settingIds.initialWindow && value < requestBytesMax)
        end(`a window of ${value} bytes a call is too small`)
    }
    socket.write(frame(frameTypes.settings, flags.ack, 0, Buffer.alloc(0)))
    beginWaiting()
  }

  function take(type: number, flag: number, stream: number, payload: Buffer): void {
    if (type === frameTypes.data) {
      const found = open.get(stream)
      if (found !== undefined && payload.length > 0) found.hasMessage = true
      consumed += payload.length
      if (consumed > receiveWindowBytes / 2) {
        socket.write(windowUpdateFrame(consumed))
        consumed = 0
      }
    } else if (type === frameTypes.rstStream) settle(stream, 'reset')
    else if (type === frameTypes.settings && (flag & flags.ack) === 0) takeSettings(payload)
    else if (type === frameTypes.ping && (flag & flags.ack) === 0)
      socket.write(frame(frameTypes.ping, flags.ack, 0, Buffer.from(payload)))
    else if (type === frameTypes.goAway) end('the server ended the connection')
    else if (type === frameTypes.windowUpdate && stream === 0) {
      sendWindow += payload.readUInt32BE() & 0x7fffffff
      beginWaiting()
    }
    const endsStream = type === frameTypes.data || type === frameTypes.headers
    if (endsStream && (flag & flags.endStream) !== 0) settle(stream)
  }

  return {
    call(call) {
      if (failure !== undefined) {
        const reason = failure
        queueMicrotask(() => call.settled(reason))
      } else if (waiting.length === 0 && mayBegin(call)) begin(call)
      else waiting.push(call)
    },
    close: () => end('closed by the client'),
  }
}
