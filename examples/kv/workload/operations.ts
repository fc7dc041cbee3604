import type { Random } from '../../../net/clock.ts'
import { append, cas, del, get, incr, type KvCommand, put } from '../commands.ts'
import type { HistoryEntry } from './history.ts'
import type { MixOp } from './mix.ts'

/** An operation to do: the command, and what the history says of it. */
export type Operation = Pick<HistoryEntry, 'op' | 'key' | 'args'> & { readonly command: KvCommand }

/** The operations of one client: keys at random, every written value unique in the whole history. */
export class OperationSource {
  readonly #draw: () => MixOp
  readonly #random: Random
  readonly #keys: number
  readonly #writer: string
  readonly #keyPrefix: string
  #written = 0
  #seen: { readonly key: string; readonly value: string | null } | undefined

  /** @param writer a name that no other client has: it makes the values unique */
  constructor(writer: string, keyPrefix: string, keys: number, draw: () => MixOp, random: Random) {
    this.#writer = writer
    this.#keyPrefix = keyPrefix
    this.#keys = keys
    this.#draw = draw
    this.#random = random
  }

  next(): Operation {
    const op = this.#draw()
    const number = Math.floor(this.#random() * this.#keys)
    const key = `${this.#keyPrefix}k${number}`
    switch (op) {
      case 'put': {
        const value = this.#value()
        return { op, key, args: value, command: put(key, value) }
      }
      case 'append': {
        // The separator keeps appended values apart within one value.
        const text = `+${this.#value()}`
        return { op, key, args: text, command: append(key, text) }
      }
      case 'get':
        return { op, key, args: null, command: get(key) }
      case 'del':
        return { op, key, args: null, command: del(key) }
      case 'cas': {
        // A swap that has a chance: the key that was read last, expected to be as it was.
        const seen = this.#seen ?? { key, value: null }
        const next = this.#value()
        return { op, key: seen.key, args: [seen.value, next], command: cas(seen.key, seen.value, next) }
      }
      case 'incr': {
        // Counters are keys of their own: words cannot be counted.
        const counter = `${this.#keyPrefix}n${number}`
        return { op, key: counter, args: 1, command: incr(counter) }
      }
    }
  }

  /** Remembers what a read found. */
  saw(key: string, value: string | null): void {
    this.#seen = { key, value }
  }

  #value(): string {
    this.#written += 1
    return `${this.#writer}.${this.#written}`
  }
}
