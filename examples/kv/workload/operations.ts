import type { Random } from '../../../machines/protocol/clock.ts'
import type { Argument, ArgumentValue } from '../arguments.ts'
import { type KvCommand, operationNamed } from '../commands.ts'
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
    const { make, definition } = operationNamed(op)
    const [key, ...args] = this.#drawn(op, number) ?? [
      `${this.#keyPrefix}k${number}`,
      ...definition.args.slice(1).map(each => this.#valueFor(each)),
    ]
    return {
      op,
      key,
      args: args.length === 0 ? null : args.length === 1 ? args[0]! : args,
      command: make(...([key, ...args] as never)) as KvCommand,
    }
  }

  /** Key and arguments of those operations that would do little with any. */
  #drawn(op: MixOp, number: number): readonly [key: string, ...args: ArgumentValue[]] | undefined {
    const key = `${this.#keyPrefix}k${number}`
    switch (op) {
      case 'append':
        // The separator keeps appended values apart within one value.
        return [key, `+${this.#value()}`]
      case 'cas': {
        // A swap that has a chance: the key that was read last, expected to be as it was.
        const seen = this.#seen ?? { key, value: null }
        return [seen.key, seen.value, this.#value()]
      }
      case 'incr':
        // Counters are keys of their own: words cannot be counted.
        return [`${this.#keyPrefix}n${number}`, 1]
      default:
        return undefined
    }
  }

  #valueFor({ kind, byDefault = 1 }: Argument): ArgumentValue {
    return kind === 'text' ? this.#value() : byDefault
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
