import type { MessageType } from '../../machines/protocol/messages.ts'

/** A small change of one source file: `find` stands there exactly once. */
export interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** One rule broken, by as few patches as it takes; applied to a copy of the sources, never to the product. */
export interface Mutant {
  /**
   * The rows and schedules of [section 9](../../machines/protocol/README.md#section-9) that it stands for, or a name of
   * our own.
   */
  readonly rows: readonly string[]
  readonly breaks: string
  readonly patches: readonly Patch[]
  /** The beginning of the title of the scenario that shows it; undefined for seeds alone. */
  readonly scenario?: string
  /** Without a scenario: why there can be none. */
  readonly seedsOnly?: string
}

/** Rows whose mutants come with what they break. */
export interface Pending {
  readonly rows: readonly string[]
  readonly comesWith: string
}

export const patch = (file: string, find: string, replace: string): Patch => ({ file, find, replace })

/**
 * Persist, then speak, is broken for some messages: they leave (`others`), or count at their sender (`self`), at the end
 * of their turn, whatever is durable.
 */
export function early({ others = [], self = [] }: { others?: MessageType[]; self?: MessageType[] }): Patch {
  const list = (types: readonly MessageType[]) => `[${types.map(type => `'${type}'`).join(', ')}]`
  return patch(
    'actors/records/outbox.ts',
    `this.#waiting.push({ ...each, needs: this.#written })
      if (!each.isUnhurried) this.#hurried++`,
    `const types: string[] = !('message' in each) ? [] : each.to === this.#ports.self ? ${list(self)} : ${list(others)}
      if (!('message' in each) || !types.includes(each.message.type)) {
        this.#waiting.push({ ...each, needs: this.#written })
        if (!each.isUnhurried) this.#hurried++
      } else if (each.to === this.#ports.self) {
        this.#waiting.unshift({ ...each, needs: 0 })
        if (!each.isUnhurried) this.#hurried++
      } else this.#frames[each.to]!.push(each.message)`,
  )
}
