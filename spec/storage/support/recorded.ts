import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Notes } from './notes-machine.ts'

/** Three replicas' databases as a program of an older schema version left them (record.ts). */
export interface Recorded {
  /** What all three have executed. */
  readonly notes: Notes
  /** The session of the last two notes; none where there were no sessions yet. */
  readonly session?: string
  /** A note under `a` that replica 3 alone has proposed. */
  readonly pending: string
  /** By replica: files, gzip in base64. */
  readonly directories: readonly { readonly [file: string]: string }[]
}

const pathOf = (version: number) => new URL(`../sqlite/golden/schema-${version}.json`, import.meta.url)

/** @throws the file system's error when there is none of this version */
export const recordedOf = (version: number): Recorded => JSON.parse(readFileSync(pathOf(version), 'utf8'))

/** Makes a directory what that of the replica with this place was. */
export function restoreRecorded({ directories }: Recorded, at: number, directory: string): void {
  for (const [file, packed] of Object.entries(directories[at]!))
    writeFileSync(join(directory, file), gunzipSync(Buffer.from(packed, 'base64')))
}
