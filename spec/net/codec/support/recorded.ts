import { readdirSync, readFileSync } from 'node:fs'
import type { ClientMessage } from '../../../../machines/protocol/client-messages.ts'
import type { Message } from '../../../../machines/protocol/messages.ts'
import type { Greeting } from '../../../../net/transport.ts'

/** A frame, and the messages that it stood for when it was recorded. */
export interface RecordedFrame<M> {
  readonly frame: Uint8Array
  readonly means: readonly M[]
}

/** What a version of this program put on the wire: a frame for each type of message, and the hello of member 2 to member 1. */
export interface RecordedVersion {
  readonly version: { readonly major: number; readonly minor: number }
  readonly hello: { readonly frame: Uint8Array; readonly means: Greeting }
  readonly messages: { readonly [type: string]: RecordedFrame<Message> }
  readonly clientMessages: { readonly [type: string]: RecordedFrame<ClientMessage> }
}

const golden = new URL('../golden/', import.meta.url)
const isBytes = (value: unknown): value is { readonly hex: string } =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'hex'

/** Bytes stand as `{ hex }`; fields that are undefined are left out. */
export const toText = (version: RecordedVersion): string =>
  `${JSON.stringify(
    version,
    (_, value: unknown) => (value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value),
    1,
  )}\n`

const fromText = (text: string): RecordedVersion =>
  JSON.parse(text, (_, value: unknown) => (isBytes(value) ? new Uint8Array(Buffer.from(value.hex, 'hex')) : value))

/** All that were recorded, of whatever version. */
export const recordedVersions: readonly RecordedVersion[] = readdirSync(golden)
  .filter(name => name.startsWith('protocol-'))
  .sort()
  .map(name => fromText(readFileSync(new URL(name, golden), 'utf8')))

/** A value without its fields that are undefined. */
export function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutAbsent(field)]))
}
