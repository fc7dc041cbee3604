import { EpaxosError } from '../../machines/protocol/errors.ts'

const newline = 0x0a
const decoder = new TextDecoder('utf-8', { fatal: true })

/** A deadline in ms since 1970; most keys have none. */
export type Entry = readonly [key: string, value: string, deadlineMs?: number]

/**
 * The entries of a snapshot from before the store had tables: one line of JSON an entry.
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
