import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A change of a file, as the recorder wrote it down. */
export interface Change {
  readonly kind: 'write' | 'truncate' | 'sync' | 'remove'
  readonly file: string
  /** Of a truncation: the length. */
  readonly offset: number
  readonly data: Buffer
}

const kinds: { readonly [letter: string]: Change['kind'] } = { w: 'write', t: 'truncate', s: 'sync', u: 'remove' }
const headBytes = 15
const sectorBytes = 512

/** Reads a log. What a killed process has not finished writing is left out. */
export function changesOf(log: string): Change[] {
  const bytes = readFileSync(log)
  const changes: Change[] = []
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const name = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 11)
    const data = at + headBytes + name
    if (data + length > bytes.length) break
    changes.push({
      kind: kinds[String.fromCharCode(bytes[at]!)]!,
      file: basename(bytes.toString('utf8', at + headBytes, data)),
      offset: Number(bytes.readBigUInt64LE(at + 3)),
      data: bytes.subarray(data, data + length),
    })
    at = data + length
  }
  return changes
}

/** A file while its changes are followed. */
interface Followed {
  durable: Buffer
  unsynced: Change[]
}

/**
 * Makes `directory` what a machine finds after its power went: what was synced is there, and of each sector that was
 * written since, and of each truncation, `isKept` decides.
 * @param before the directory as it was before the first change
 */
export function cutPower(before: string, directory: string, changes: readonly Change[], isKept: () => boolean): void {
  rmSync(directory, { recursive: true, force: true })
  cpSync(before, directory, { recursive: true })
  const files = new Map<string, Followed | undefined>()
  for (const change of changes) {
    const { kind, file } = change
    if (kind === 'remove') files.set(file, undefined)
    else {
      const found = files.get(file) ?? { durable: read(join(directory, file), files.has(file)), unsynced: [] }
      files.set(file, found)
      found.unsynced.push(change)
      if (kind === 'sync') {
        for (const each of found.unsynced.splice(0)) found.durable = applied(found.durable, each, () => true)
      }
    }
  }
  for (const [file, found] of files) {
    rmSync(join(directory, file), { force: true })
    if (found !== undefined)
      writeFileSync(
        join(directory, file),
        found.unsynced.reduce((bytes, each) => applied(bytes, each, isKept), found.durable),
      )
  }
}

function read(path: string, wasRemoved: boolean): Buffer {
  try {
    return wasRemoved ? Buffer.alloc(0) : readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

function applied(bytes: Buffer, change: Change, isKept: () => boolean): Buffer {
  const { kind, offset, data } = change
  if (kind === 'sync') return bytes
  if (kind === 'truncate') return isKept() ? grown(bytes, offset).subarray(0, offset) : bytes
  const kept = sectorsOf(change).filter(isKept)
  const result = grown(bytes, kept.at(-1)?.to ?? 0)
  for (const { from, to } of kept) data.copy(result, from, from - offset, to - offset)
  return result
}

/** The sectors of a write, from where to where in the file. */
function sectorsOf({ offset, data }: Change): { readonly from: number; readonly to: number }[] {
  const end = offset + data.length
  const sectors: { from: number; to: number }[] = []
  for (let from = offset; from < end; ) {
    const to = Math.min(end, from - (from % sectorBytes) + sectorBytes)
    sectors.push({ from, to })
    from = to
  }
  return sectors
}

const grown = (bytes: Buffer, length: number): Buffer =>
  bytes.length >= length ? bytes : Buffer.concat([bytes, Buffer.alloc(length - bytes.length)])
