import { areRecords } from './record.ts'
import { TableError } from './table-error.ts'

/**
 * A piece of a checkpoint, written once and never changed: records of one table. `base` holds all records of its slots,
 * and takes the place of whatever earlier segments hold of them; `delta` holds what changed since the checkpoint before.
 */
export interface SegmentInfo {
  /** Later segments have greater ones. */
  readonly id: number
  readonly table: string
  readonly kind: 'base' | 'delta'
  /** The number of the checkpoint that it belongs to. */
  readonly checkpoint: number
  /** Its slots: a base has all from the first to the last, empty ones too. Neighbours may share a slot. */
  readonly from: number
  readonly to: number
  /** Of its bytes, with the header. */
  readonly size: number
}

export interface Segment {
  readonly info: SegmentInfo
  readonly bytes: Uint8Array
}

/**
 * The header, numbers little-endian: mark and version (4), checksum of all after it (4), total size (4), kind (1), bytes of
 * the table's name (1), first and last slot (2 + 2), checkpoint (8), id (8), the name in UTF-8. Records follow.
 */
const mark = 0x01_47_45_53
const nameAt = 34
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Bytes of the header of a table's segments. */
export const headerBytesOf = (table: string): number => nameAt + encoder.encode(table).length

/** Writes the header over the first bytes of a segment, whose records stand already. */
export function seal(bytes: Uint8Array, { id, table, kind, checkpoint, from, to }: Omit<SegmentInfo, 'size'>): void {
  const view = viewOf(bytes)
  const name = encoder.encode(table)
  view.setUint32(0, mark, true)
  view.setUint32(8, bytes.length, true)
  view.setUint8(12, kind === 'base' ? 0 : 1)
  view.setUint8(13, name.length)
  view.setUint16(14, from, true)
  view.setUint16(16, to, true)
  view.setFloat64(18, checkpoint, true)
  view.setFloat64(26, id, true)
  bytes.set(name, nameAt)
  view.setUint32(4, checksumOf(bytes), true)
}

/**
 * The header of a segment, whose checksum is right.
 * @throws TableError `malformed`
 */
export function openSegment(bytes: Uint8Array): { readonly info: SegmentInfo; readonly recordsAt: number } {
  const view = viewOf(bytes)
  if (bytes.length < nameAt || view.getUint32(0, true) !== mark)
    throw new TableError('malformed', `a segment of ${bytes.length} bytes does not begin like one`)
  const size = view.getUint32(8, true)
  const recordsAt = nameAt + view.getUint8(13)
  if (size !== bytes.length || recordsAt > size)
    throw new TableError('malformed', `a segment says that it has ${size} bytes, and has ${bytes.length}`)
  const [expected, found] = [view.getUint32(4, true), checksumOf(bytes)]
  if (expected !== found)
    throw new TableError('malformed', `a segment has the checksum ${found}, ${expected} was written`)
  if (!areRecords(bytes, recordsAt))
    throw new TableError('malformed', 'a segment holds whole records, and this one others')
  const info: SegmentInfo = {
    id: view.getFloat64(26, true),
    table: decoder.decode(bytes.subarray(nameAt, recordsAt)),
    kind: view.getUint8(12) === 0 ? 'base' : 'delta',
    checkpoint: view.getFloat64(18, true),
    from: view.getUint16(14, true),
    to: view.getUint16(16, true),
    size,
  }
  return { info, recordsAt }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** Of all bytes after the checksum, by words. */
function checksumOf(bytes: Uint8Array): number {
  let sum = bytes.length
  let at = 8
  for (const end = bytes.length - 3; at < end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    sum = Math.imul(sum ^ word, 0x01000193)
    sum ^= sum >>> 15
  }
  for (; at < bytes.length; at++) sum = Math.imul(sum ^ bytes[at]!, 0x01000193)
  return sum >>> 0
}

/** Whether bytes are this segment, whole and undamaged. */
export function isSegment(bytes: Uint8Array, expected: SegmentInfo): boolean {
  try {
    const { info } = openSegment(bytes)
    return (Object.keys(info) as (keyof SegmentInfo)[]).every(field => info[field] === expected[field])
  } catch (error) {
    if (error instanceof TableError) return false
    throw error
  }
}
