import type { OrderedMap } from '../../actors/shared/ordered-map.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

const newline = 0x0a
/** Entries turned into bytes at a time: one by one is twice as slow. */
const entriesEncoded = 256
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** A deadline in ms since 1970; most keys have none. */
export type Entry = readonly [key: string, value: string, deadlineMs?: number]

/** Bytes of a map of texts: one line of JSON an entry, in the order of the keys, so that equal maps give equal bytes. */
export function encodeEntries(values: OrderedMap<string>, deadlineOf: (key: string) => number | undefined): Uint8Array {
  const keys = [...values.keys()]
  const parts: Uint8Array[] = []
  for (let first = 0; first < keys.length; first += entriesEncoded) {
    let lines = ''
    for (const key of keys.slice(first, first + entriesEncoded)) {
      const deadlineMs = deadlineOf(key)
      const entry = deadlineMs === undefined ? [key, values.get(key)] : [key, values.get(key), deadlineMs]
      lines += `${JSON.stringify(entry)}\n`
    }
    parts.push(encoder.encode(lines))
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * The entries of `encodeEntries`.
 * @throws EpaxosError `malformed` when the bytes are no such snapshot
 */
export function* decodeEntries(bytes: Uint8Array): Generator<Entry> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at)
    if (end < 0) throw new EpaxosError('malformed', `snapshot: the line at byte ${at} has no end`)
    yield entryOf(bytes.subarray(at, end), at)
    at = end + 1
  }
}

function entryOf(line: Uint8Array, at: number): Entry {
  let entry: unknown
  try {
    entry = JSON.parse(decoder.decode(line))
  } catch (cause) {
    throw new EpaxosError('malformed', `snapshot: the line at byte ${at} is no JSON`, { cause })
  }
  if (Array.isArray(entry) && (entry.length === 2 || entry.length === 3)) {
    const [key, value, deadlineMs]: unknown[] = entry
    if (typeof key === 'string' && typeof value === 'string') {
      if (entry.length === 2) return [key, value]
      if (typeof deadlineMs === 'number') return [key, value, deadlineMs]
    }
  }
  throw new EpaxosError('malformed', `snapshot: [key, value] or [key, value, deadline] was expected at byte ${at}`)
}
