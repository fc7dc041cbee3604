import { copyBytes } from '../../net/copy-bytes.ts'
import { cleanFlags } from './record.ts'
import { headerBytesOf, type Segment, type SegmentInfo, seal } from './segment.ts'

/** First size of a segment's buffer. A segment that needs more gets a buffer for a whole one. */
const firstBytes = 4_096
const buffersMax = 8

/**
 * Buffers for whole segments, used again once their bytes are written: made anew all the time they would drive the garbage
 * collector, which holds up the loop.
 */
export class SegmentBuffers {
  readonly #free: ArrayBuffer[] = []
  #size = 0

  /** A buffer of at least so many bytes, with anything in it. */
  take(bytes: number): Uint8Array {
    if (bytes > this.#size) {
      this.#size = bytes
      this.#free.length = 0
    }
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(this.#size))
  }

  /** Called with the bytes of a segment that nobody reads any more. */
  release({ buffer }: Uint8Array): void {
    if (buffer.byteLength !== this.#size || this.#free.length >= buffersMax) return
    if (buffer instanceof ArrayBuffer && !this.#free.includes(buffer)) this.#free.push(buffer)
  }
}

/** What a segment is, before its slots and its bytes are known. */
export type SegmentTitle = Pick<SegmentInfo, 'table' | 'kind' | 'checkpoint'>

export interface SegmentWriterPorts {
  readonly title: SegmentTitle
  /** Size from which on a segment is finished. */
  readonly bytesMax: number
  readonly buffers: SegmentBuffers
  /** The id of the next segment. */
  nextId(): number
  finished(segment: Segment): void
}

/** Gathers records of one table into segments of one kind. */
export class SegmentWriter {
  readonly #ports: SegmentWriterPorts
  readonly #headerBytes: number
  #bytes: Uint8Array | undefined
  #end = 0
  #from = 0
  #to = 0

  constructor(ports: SegmentWriterPorts) {
    this.#ports = ports
    this.#headerBytes = headerBytesOf(ports.title.table)
  }

  /** Makes a slot a part of the segment, with or without records. */
  cover(slot: number): void {
    if (this.#bytes === undefined) {
      this.#bytes = new Uint8Array(firstBytes)
      this.#end = this.#headerBytes
      this.#from = slot
    }
    this.#to = slot
  }

  /** Adds a record of a slot. */
  add(slot: number, from: Uint8Array, at: number, length: number): void {
    this.cover(slot)
    this.#reserve(length)
    copyBytes(from, at, at + length, this.#bytes!, this.#end)
    cleanFlags(this.#bytes!, this.#end)
    this.#end += length
    if (this.#end >= this.#ports.bytesMax) this.finish()
  }

  /** Finishes the segment, if one is begun. */
  finish(): void {
    if (this.#bytes === undefined) return
    const { title, nextId, finished } = this.#ports
    const bytes = this.#bytes.subarray(0, this.#end)
    this.#bytes = undefined
    const info: SegmentInfo = { id: nextId(), ...title, from: this.#from, to: this.#to, size: bytes.length }
    seal(bytes, info)
    finished({ info, bytes })
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#bytes!.length) return
    const { bytesMax, buffers } = this.#ports
    // A full one is at most a little longer, unless its last record is large.
    const whole = Math.ceil(bytesMax * 1.125)
    const isUsual = needed <= whole && whole < Number.POSITIVE_INFINITY
    const larger = isUsual ? buffers.take(whole) : new Uint8Array(2 * needed)
    larger.set(this.#bytes!.subarray(0, this.#end))
    this.#bytes = larger
  }
}
