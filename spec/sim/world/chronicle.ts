import { NOP } from '../../../machines/protocol/commands.ts'
import type { Envelope } from '../../../machines/protocol/envelope.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { Codec } from '../../../net/codec.ts'
import { letterOf, nameOf } from '../names.ts'
import type { NamedCommand } from './witnessed.ts'

/** Writes one aligned line an event, for whoever reads along. With nobody reading it costs one check. */
export class Chronicle {
  readonly #codec: Codec
  readonly #nowMs: () => number
  readonly #read: ((line: string) => void) | undefined

  constructor(codec: Codec, nowMs: () => number, read: ((line: string) => void) | undefined) {
    this.#codec = codec
    this.#nowMs = nowMs
    this.#read = read
  }

  /** Something that happens to replicas as a whole. */
  say(what: string, about = ''): void {
    this.#read?.(`${this.#time()}  ${what.padEnd(8)} ${about}`)
  }

  /** A message leaves. */
  message(from: number, to: number, message: Message): void {
    this.#read?.(`${this.#time()}  ${letterOf(from)}>${letterOf(to)}      ${this.#shown(message)}`)
  }

  /** An instance is decided, or executed, at a replica. */
  instance(at: number, what: string, about: string): void {
    this.#read?.(`${this.#time()}  ${letterOf(at)}        ${what.padEnd(12)} ${about}`)
  }

  #time(): string {
    return this.#nowMs().toFixed(3).padStart(12)
  }

  #shown(message: Message): string {
    const { type, id, ...fields } = message as Message & { readonly id?: { rank: number; index: number } }
    const words = Object.entries(fields).map(([name, value]) => `${name} ${this.#value(name, value)}`)
    return [type.padEnd(12), ...(id === undefined ? [] : [nameOf(id).padEnd(5)]), ...words].join(' ')
  }

  #value(name: string, value: unknown): string {
    if (name === 'cmd' && value !== undefined) return value === NOP ? 'Nop' : this.#operations(value as never)
    if (name === 'invalidating')
      return `{${(value as { id: never; committed: boolean }[]).map(each => nameOf(each.id) + (each.committed ? '!' : '')).join(' ')}}`
    if (value instanceof Uint8Array) return `${value.length} bytes`
    return Array.isArray(value) ? `{${value.map(each => JSON.stringify(each)).join(',')}}` : String(value)
  }

  #operations({ payloads }: { readonly payloads: readonly Uint8Array[] }): string {
    return payloads.map(payload => shownEnvelope(this.#codec.decodeList(payload) as unknown as Envelope)).join('+')
  }
}

function shownEnvelope(envelope: Envelope): string {
  switch (envelope[0]) {
    case 5:
      return (envelope[1] as NamedCommand<unknown>)[0]
    case 8:
      return (envelope[4] as readonly NamedCommand<unknown>[]).map(([name]) => name).join(' ')
    case 7:
      return `truncate {${envelope[1]}}`
    case 2:
      return `open ${envelope[1]}`
    case 3:
      return `expire ${envelope[1]}`
    case 4:
      return 'point'
  }
}
