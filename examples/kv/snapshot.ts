import { EpaxosError } from '../../machines/protocol/errors.ts'

const newline = 0x0a
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes of a map of texts: one line of JSON an entry, in the order of the keys, so that equal maps give equal bytes. */
export function encodeEntries(entries: ReadonlyMap<string, string>): Uint8Array {
  const lines = [...entries.keys()].sort().map(key => encoder.encode(`${JSON.stringify([key, entries.get(key)])}\n`))
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0))
  let at = 0
  for (const line of lines) {
    bytes.set(line, at)
    at += line.length
  }
  return bytes
}

/**
 * The entries of `encodeEntries`.
 * @throws EpaxosError `malformed` when the bytes are no such snapshot
 */
export function* decodeEntries(bytes: Uint8Array): Generator<[string, string]> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at)
    if (end < 0) throw new EpaxosError('malformed', `snapshot: the line at byte ${at} has no end`)
    yield entryOf(bytes.subarray(at, end), at)
    at = end + 1
  }
}

function entryOf(line: Uint8Array, at: number): [string, string] {
  let entry: unknown
  try {
    entry = JSON.parse(decoder.decode(line))
  } catch (cause) {
    throw new EpaxosError('malformed', `snapshot: the line at byte ${at} is no JSON`, { cause })
  }
  if (Array.isArray(entry) && entry.length === 2) {
    const [key, value]: unknown[] = entry
    if (typeof key === 'string' && typeof value === 'string') return [key, value]
  }
  throw new EpaxosError('malformed', `snapshot: a [key, value] was expected at byte ${at}`)
}
