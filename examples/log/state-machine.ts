import { createTables, EpaxosError, type TableStateMachine } from '../../index.ts'

/** A line to add to the log; its place there is the answer. */
export type LogStateMachine = TableStateMachine<string, number>

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The place of the last line, and a hash of all lines. */
interface State {
  readonly place: number
  readonly hash: number
}

/** FNV-1a, 32 bits, over the whole log so far. */
function mix(hash: number, line: string): number {
  let mixed = hash
  for (let at = 0; at < line.length; at++) mixed = Math.imul(mixed ^ line.charCodeAt(at), 0x01000193) >>> 0
  return Math.imul(mixed ^ 0x0a, 0x01000193) >>> 0
}

/**
 * A log that every replica prints: all lines are written under one key, so that all conflict and have one order. The
 * state is the place of the last line and a hash of all lines.
 * @param print is told each line with its place; after a restart again those that are executed again
 */
export function createLogStateMachine(print: (place: number, line: string) => void): LogStateMachine {
  const tables = createTables()
  const table = tables.data<State>('log')
  const state = (): State => table.get('end') ?? { place: 0, hash: 0x811c9dc5 }
  return {
    tables,
    footprint(line) {
      if (typeof line !== 'string') throw new EpaxosError('malformed', `a line is a text, not ${typeof line}`)
      return { reads: [], writes: ['log'] }
    },
    apply(line) {
      const { place, hash } = state()
      table.set('end', { place: place + 1, hash: mix(hash, line) })
      print(place + 1, line)
      return place + 1
    },
    migrate(snapshot) {
      const state: unknown = JSON.parse(decoder.decode(snapshot))
      if (typeof state === 'object' && state !== null && 'place' in state && 'hash' in state) {
        const { place, hash } = state
        if (typeof place === 'number' && typeof hash === 'number') {
          table.set('end', { place, hash })
          return
        }
      }
      throw new EpaxosError('malformed', 'snapshot: { place, hash } was expected')
    },
  }
}
