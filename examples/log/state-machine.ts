import { EpaxosError, type StateMachine } from '../../index.ts'

/** A line to add to the log; its place there is the answer. */
export type LogStateMachine = StateMachine<string, number>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

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
  let place = 0
  let hash = 0x811c9dc5
  return {
    footprint(line) {
      if (typeof line !== 'string') throw new EpaxosError('malformed', `a line is a text, not ${typeof line}`)
      return { reads: [], writes: ['log'] }
    },
    apply(line) {
      place += 1
      hash = mix(hash, line)
      print(place, line)
      return place
    },
    snapshot: () => encoder.encode(JSON.stringify({ place, hash })),
    restore(snapshot) {
      const state: unknown = JSON.parse(decoder.decode(snapshot))
      if (typeof state === 'object' && state !== null && 'place' in state && 'hash' in state) {
        if (typeof state.place === 'number' && typeof state.hash === 'number') {
          place = state.place
          hash = state.hash
          return
        }
      }
      throw new EpaxosError('malformed', 'snapshot: { place, hash } was expected')
    },
  }
}
