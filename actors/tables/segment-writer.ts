import { cleanFlags, copyRecord } from './record.ts'
import { headerBytesOf, type Segment, type SegmentInfo, seal } from './segment.ts'

/** First size of a segment's buffer; it doubles. */
const firstBytes = 4_096

/** What a segment is, before its slots and its bytes are known. */
export type SegmentTitle = Pick<SegmentInfo, 'table' | 'kind' | 'checkpoint'>

export interface SegmentWriterPorts {
  readonly title: SegmentTitle
  /** Size from which on a segment is finished. */
  readonly bytesMax: number
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
    copyRecord(from, at, length, this.#bytes!, this.#end)
    cleanFlags(this.#bytes!, this.#end)
    this.#end += length
    if (this.#end >= this.#ports.bytesMax) this.finish()
  }

  /** Finishes the segment, if one is begun. */
  finish(): void {
    if (this.#bytes === undefined) return
    const { title, nextId, finished } = this.#ports
    const bytes = this.#bytes.slice(0, this.#end)
    this.#bytes = undefined
    const info: SegmentInfo = { id: nextId(), ...title, from: this.#from, to: this.#to, size: bytes.length }
    seal(bytes, info)
    finished({ info, bytes })
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    const { length } = this.#bytes!
    if (needed <= length) return
    const larger = new Uint8Array(Math.max(2 * length, needed))
    larger.set(this.#bytes!.subarray(0, this.#end))
    this.#bytes = larger
  }
}
