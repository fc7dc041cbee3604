import type { Footprint } from './commands.ts'

/**
 * What one payload of an instance's command asks for. Commands of a session are applied once, however often and through
 * whichever replica they come; sessions begin and end by commands too, never by a clock.
 */
export type Envelope =
  /** A command of the state machine, without a session: a repeat is another command. */
  | readonly [kind: 0, command: unknown]
  /** The `sequence`-th command of a session; all up to `floor` have their answers, and are asked for no more. */
  | readonly [kind: 1, session: string, sequence: number, floor: number, command: unknown]
  | readonly [kind: 2, session: string]
  /** Ends a session, unless a command above `last` was applied in it. */
  | readonly [kind: 3, session: string, last: number]
  /** A point at which all replicas have the same state: it reads everything, and changes nothing. */
  | readonly [kind: 4]

export const envelopes = {
  command: (command: unknown): Envelope => [0, command],
  ofSession: (command: unknown, session: string, sequence: number, floor: number): Envelope => [
    1,
    session,
    sequence,
    floor,
    command,
  ],
  open: (session: string): Envelope => [2, session],
  expire: (session: string, last: number): Envelope => [3, session, last],
  point: (): Envelope => [4],
} as const

/** No key of a state machine begins like this. */
const sessionPrefix = '\u0000session '

/** A point conflicts with every write. Two commands of one session conflict: both write its row in the client table (protocol.md section 2). */
export function footprintOf(envelope: Envelope, own: Footprint): Footprint {
  if (envelope[0] === 0) return own
  if (envelope[0] === 4) return { reads: 'all', writes: [] }
  const key = sessionPrefix + envelope[1]
  return own.writes === 'all' ? own : { reads: own.reads, writes: [...own.writes, key] }
}

/** The footprint of what touches nothing but a session. */
export const noFootprint: Footprint = { reads: [], writes: [] }
