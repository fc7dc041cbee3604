import type { RecordWrite } from '../store.ts'
import { commandSeed, keyBytes, singleSeed, voteSeed, writeKey } from './keys.ts'
import { seal, sealBytes } from './seal.ts'

export type Single = readonly [name: string, value: Uint8Array]

/** A row for one of the doors (schema.ts): all keys and values end to end, and the lists of their places. */
export interface Spread {
  readonly data: Buffer
  readonly votes: string
  readonly commands: string
  readonly singles: string
}

export function spread(singles: readonly Single[], records: readonly RecordWrite[] = []): Spread {
  const data = Buffer.allocUnsafe(sizeOf(records, singles))
  let at = 0
  const put = (record: RecordWrite, value: Uint8Array, seedOf: typeof voteSeed): string => {
    const begin = at
    writeKey(data, begin, record)
    at = seal(data, begin + keyBytes, seedOf(data, begin), value)
    return `"${begin + 1}":${value.length + sealBytes}`
  }
  const votes: string[] = []
  const commands: string[] = []
  for (const record of records) {
    votes.push(put(record, record.vote, voteSeed))
    if (record.command !== undefined) commands.push(put(record, record.command, commandSeed))
  }
  const others: string[] = []
  for (const [name, value] of singles) {
    others.push(`["${name}",${at + 1},${value.length + sealBytes}]`)
    at = seal(data, at, singleSeed(name), value)
  }
  return {
    data,
    votes: `{${votes.join()}}`,
    commands: `{${commands.join()}}`,
    singles: `[${others.join()}]`,
  }
}

function sizeOf(records: readonly RecordWrite[], singles: readonly Single[]): number {
  let size = 0
  for (const { vote, command } of records) {
    size += keyBytes + vote.length + sealBytes
    if (command !== undefined) size += keyBytes + command.length + sealBytes
  }
  for (const [, value] of singles) size += value.length + sealBytes
  return size
}
