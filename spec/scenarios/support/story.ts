import { NOP, type Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { letterOf, nameOf } from './letters.ts'

/** What was decided, as schedules write it: `'Nop'`, or `command` and the dependencies that it has. */
export type Shown = string

const members = (dep: Dependencies): string =>
  `{${dep.flatMap((index, rank) => (index === 0 ? [] : [`${letterOf(rank)}.${index}`])).join(', ')}}`

export const shown = (cmd: Value, dep: Dependencies): Shown => (cmd === NOP ? 'Nop' : `command ${members(dep)}`)

/** A message in one line. */
export function told(message: Message): string {
  if (!('id' in message)) return message.type
  const bal = 'bal' in message ? ` at ballot ${message.bal}` : ''
  const nop = 'cmd' in message && message.cmd === NOP ? ' Nop' : ''
  const dep = 'dep' in message ? ` ${members(message.dep)}` : ''
  const phase = 'phase' in message ? `, ${message.phase} at ${message.abal}` : ''
  return `${message.type} ${nameOf(message.id)}${bal}${nop}${dep}${phase}`
}

/** What has happened at one table, a line a step. */
export class Story {
  static #latest: Story | undefined
  readonly #lines: string[] = []

  constructor() {
    Story.#latest = this
  }

  /** The story of the table that was laid last in this process. */
  static get latest(): Story | undefined {
    return Story.#latest
  }

  get steps(): number {
    return this.#lines.length
  }

  say(line: string): void {
    this.#lines.push(line)
  }

  toString(): string {
    return this.#lines.map(line => `  ${line}`).join('\n')
  }
}
