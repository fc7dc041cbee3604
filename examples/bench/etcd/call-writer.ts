import { firstHeaders, laterHeaders, putPath, rangePath } from './call-headers.ts'
import { defaultFrameBytesMax, flags, frameHeaderBytes, frameTypes, writeFrameHeader } from './frames.ts'
import { requestBytes, writeRequest } from './messages.ts'

const chunkBytes = 256 * 1_024
const openingBytesMax = 512

/** The frames of the calls of one connection: all calls of a turn leave in one write. */
export class CallWriter {
  readonly #write: (bytes: Buffer) => void
  readonly #first: { readonly put: Buffer; readonly range: Buffer }
  readonly #later = { put: laterHeaders(putPath), range: laterHeaders(rangePath) }
  #nextStream = 1
  #chunk = Buffer.allocUnsafe(chunkBytes)
  /** Of the chunk, what is written and not sent: from `#from` to `#at`. */
  #from = 0
  #at = 0
  #flushIsDue = false

  /** @param write sends bytes, which stay as they are */
  constructor(host: string, write: (bytes: Buffer) => void) {
    this.#write = write
    this.#first = { put: firstHeaders(putPath, host), range: firstHeaders(rangePath, host) }
  }

  /** Writes a put, or a read when there is no value. Returns its stream, a number of its own. */
  begin(key: string, value: string | undefined): number {
    const stream = this.#nextStream
    this.#nextStream += 2
    const bytes = requestBytes(key, value)
    const frames = Math.ceil(bytes / defaultFrameBytesMax)
    this.#makeRoom(openingBytesMax + bytes + frames * frameHeaderBytes)
    this.#writeHeaders(stream, value === undefined ? 'range' : 'put')
    if (frames === 1) {
      this.#at = writeFrameHeader(this.#chunk, this.#at, bytes, frameTypes.data, flags.endStream, stream)
      this.#at = writeRequest(this.#chunk, this.#at, key, value)
    } else this.#writeInFrames(stream, bytes, key, value)
    this.#flushLater()
    return stream
  }

  #writeHeaders(stream: number, kind: 'put' | 'range'): void {
    const block = stream === 1 ? this.#first[kind] : this.#later[kind]
    this.#at = writeFrameHeader(this.#chunk, this.#at, block.length, frameTypes.headers, flags.endHeaders, stream)
    this.#at += block.copy(this.#chunk, this.#at)
  }

  /** A request that is larger than a frame. */
  #writeInFrames(stream: number, bytes: number, key: string, value: string | undefined): void {
    const message = Buffer.allocUnsafe(bytes)
    writeRequest(message, 0, key, value)
    for (let cut = 0; cut < bytes; cut += defaultFrameBytesMax) {
      const part = message.subarray(cut, cut + defaultFrameBytesMax)
      const flag = cut + part.length === bytes ? flags.endStream : 0
      this.#at = writeFrameHeader(this.#chunk, this.#at, part.length, frameTypes.data, flag, stream)
      this.#at += part.copy(this.#chunk, this.#at)
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#chunk.length - this.#at >= bytes) return
    this.#flush()
    this.#chunk = Buffer.allocUnsafe(Math.max(chunkBytes, bytes))
    this.#from = 0
    this.#at = 0
  }

  #flushLater(): void {
    if (this.#flushIsDue) return
    this.#flushIsDue = true
    queueMicrotask(() => {
      this.#flushIsDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#at === this.#from) return
    this.#write(this.#chunk.subarray(this.#from, this.#at))
    this.#from = this.#at
  }
}
