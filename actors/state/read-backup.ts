import { type Codec, CodecError } from '../../net/codec.ts'
import { digestOf } from '../shared/digest.ts'
import { isSegment, type SegmentInfo } from '../tables/segment.ts'
import {
  type Backup,
  BackupError,
  type BackupHead,
  type BackupSummary,
  beforeHeadBytes,
  digestBytes,
  endBytes,
  endOf,
  headerBytes,
  nameOf,
  versionOf,
  type WholeBackup,
} from './backup-file.ts'
import { isSegmentInfo } from './check-head.ts'

/** The bytes of a backup file, of which any part can be read again. */
export interface BackupSource {
  readonly size: number
  /** Reads so many bytes from an offset on, all of them. */
  read(offset: number, length: number): Uint8Array
}

/** What a check of a backup finds: the whole of version 1, or the head of version 2 and where its segments begin. */
export type CheckedBackup =
  | { readonly version: 1; readonly backup: WholeBackup }
  | { readonly version: 2; readonly head: BackupHead; readonly segmentsAt: number }

/**
 * Checks a backup from its first byte to its last, one segment at a time. Each value that it yields is the number of
 * bytes that it must be given next. A file of a program of before is taken as a whole.
 * @param size of all that follows; nothing beyond it is asked for
 * @throws BackupError, which names the fault
 */
export function* checkingBackup(size: number, codec: Codec): Generator<number, CheckedBackup, Uint8Array> {
  let at = 0
  const next = function* (what: string, length: number): Generator<number, Uint8Array, Uint8Array> {
    if (at + length > size) throw damaged(`it ends after ${size} bytes, within ${what}`)
    at += length
    return yield length
  }
  const header = yield* next('its header', headerBytes)
  if (versionOf(header) === 1) {
    const rest = yield* next('its header', size - headerBytes)
    return { version: 1, backup: decodeWhole(joined(header, rest), codec) }
  }
  const length = yield* next('the length of its head', beforeHeadBytes - headerBytes)
  const headLength = new DataView(length.buffer, length.byteOffset).getUint32(0, true)
  const rest = yield* next('its head', headLength + digestBytes)
  const beginning = joined(header, length, rest)
  const head = decodeHead(beginning, codec)
  const segmentsAt = at
  for (const segment of head.segments) {
    const what = `segment ${segment.id}`
    if (!isSegment(yield* next(what, segment.size), segment)) throw damaged(`${what} is not as it was written`)
  }
  const end = yield* next('its end', endBytes)
  if (at !== size) throw damaged(`${size - at} bytes follow its end`)
  if (!isEqual(end, endOf(nameOf(beginning)))) throw damaged('its end is not as it was written')
  return { version: 2, head, segmentsAt }
}

/**
 * Opens a backup, once every byte of it was checked. Segments are read from the source again, and checked again, when
 * they are asked for.
 * @throws BackupError, which names the fault
 */
export function openBackup(source: BackupSource, codec: Codec): Backup {
  const checking = checkingBackup(source.size, codec)
  let at = 0
  let step = checking.next()
  while (!step.done) {
    const bytes = source.read(at, step.value)
    at += step.value
    step = checking.next(bytes)
  }
  const found = step.value
  if (found.version === 1) return found.backup
  const { head, segmentsAt } = found
  return { version: 2, ...head, read: () => segmentsOf(source, head.segments, segmentsAt) }
}

/** The backup in the bytes of a file. @throws BackupError, which names the fault */
export const decodeBackup = (file: Uint8Array, codec: Codec): Backup =>
  openBackup({ size: file.length, read: (offset, length) => file.subarray(offset, offset + length) }, codec)

function* segmentsOf(
  source: BackupSource,
  segments: readonly SegmentInfo[],
  segmentsAt: number,
): Generator<Uint8Array, void> {
  let at = segmentsAt
  for (const segment of segments) {
    const bytes = source.read(at, segment.size)
    if (!isSegment(bytes, segment)) throw damaged(`segment ${segment.id} is not as it was written`)
    at += segment.size
    yield bytes
  }
}

function decodeHead(beginning: Uint8Array, codec: Codec): BackupHead {
  checkDigest(beginning)
  const data = decoded(() => codec.decodeDeep(beginning.subarray(beforeHeadBytes, -digestBytes)))
  const { segments } = data as Partial<BackupHead>
  if (!Array.isArray(segments) || !segments.every(isSegmentInfo)) throw damaged('its head lists no segments')
  return { ...summaryOf(data), segments }
}

function decodeWhole(file: Uint8Array, codec: Codec): WholeBackup {
  checkDigest(file)
  const data = decoded(() => codec.decodeData(file.subarray(headerBytes, -digestBytes)))
  const { state } = data as Partial<WholeBackup>
  if (!(state instanceof Uint8Array)) throw damaged('it holds no state')
  return { version: 1, ...summaryOf(data), state }
}

function summaryOf(data: unknown): BackupSummary {
  const { cluster, member, takenMs, commands } = data as Partial<BackupSummary>
  if (typeof cluster !== 'string' || ![member, takenMs, commands].every(Number.isSafeInteger))
    throw damaged('it does not say where it is from')
  return { cluster, member: member!, takenMs: takenMs!, commands: commands! }
}

/** The last bytes are the digest of those before. */
function checkDigest(bytes: Uint8Array): void {
  const end = Math.max(0, bytes.length - digestBytes)
  const expected = new TextDecoder().decode(bytes.subarray(end))
  const digest = digestOf(bytes.subarray(0, end))
  if (digest !== expected) throw damaged(`its digest is ${digest}, ${JSON.stringify(expected)} was written`)
}

function decoded(decode: () => unknown): object {
  try {
    const data = decode()
    if (typeof data === 'object' && data !== null) return data
  } catch (cause) {
    if (cause instanceof CodecError) throw new BackupError('backupDamaged', cause.message, { cause })
    throw cause
  }
  throw damaged('it holds no plain data')
}

const damaged = (reason: string): BackupError => new BackupError('backupDamaged', reason)

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
