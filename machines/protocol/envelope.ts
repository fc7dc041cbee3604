import type { Footprint } from './commands.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * The content of one payload of an instance's command. Commands of a session are applied once, however often and
 * through whichever replica they come; sessions begin and end by commands too, never by a clock. The numbers are never
 * used again for anything else: payloads outlive programs.
 */
export type Envelope =
  | readonly [kind: 2, session: string]
  /** Ends a session, unless a command above `last` was applied in it. */
  | readonly [kind: 3, session: string, last: number]
  /** A point at which all replicas have the same state: it reads everything, and changes nothing. */
  | readonly [kind: 4]
  /** A command of the state machine, without a session: a repeat is another command. */
  | readonly [kind: 5, command: unknown]
  /** Records up to `floor` may go: n - f members have executed them durably (section 8, level 1). */
  | readonly [kind: 7, floor: Dependencies]
  /**
   * Commands of a session, numbered so; all up to `floor` have their answers, and are asked for no more. Those that only
   * read have `readNumber`.
   */
  | readonly [kind: 8, session: string, floor: number, sequences: readonly number[], commands: readonly unknown[]]

/**
 * The number of a command that only reads: it has no place in its session, and leaves no answer there
 * ([rule 5.2](./README.md#rule-5-2)). Real numbers begin at 1.
 */
export const readNumber = 0

/** Kinds 5 and 8 as they were once written: one command, at first as bytes. They are still read. */
export type EarlierEnvelope =
  | readonly [kind: 0, command: Uint8Array]
  | readonly [kind: 1, command: Uint8Array, session: string, sequence: number, floor: number]
  | readonly [kind: 6, session: string, sequence: number, floor: number, command: unknown]

export const envelopes = {
  open: (session: string): Envelope => [2, session],
  expire: (session: string, last: number): Envelope => [3, session, last],
  point: (): Envelope => [4],
  command: (command: unknown): Envelope => [5, command],
  ofSession: (session: string, floor: number, sequences: readonly number[], commands: readonly unknown[]): Envelope => [
    8,
    session,
    floor,
    sequences,
    commands,
  ],
  truncate: (floor: Dependencies): Envelope => [7, floor],
} as const

/**
 * The most bytes that an envelope adds to a command: the name of its session, which fits into a key, numbers, and list
 * headers.
 */
export const envelopeBytesMax = (keyBytesMax: number): number => keyBytesMax + 64

/**
 * The key that orders the commands of one session: its row in the client table. No key of a state machine begins like
 * this.
 */
export const sessionKey = (session: string): string => `\u0000session ${session}`

/** The key that orders truncations among themselves. */
const floorKey = '\u0000floor'

/**
 * A point conflicts with every write. Two numbered commands of one session conflict: both write its row in the client
 * table ([section 2](./README.md#section-2)). Reads leave the row as it is.
 */
export function footprintOf(envelope: Envelope, own: Footprint): Footprint {
  switch (envelope[0]) {
    case 4:
      return { reads: 'all', writes: [] }
    case 5:
      return own
    case 7:
      return { reads: [], writes: [floorKey] }
    case 8:
      if (envelope[3].every(number => number === readNumber)) return own
      break
    default:
  }
  return own.writes === 'all' ? own : { reads: own.reads, writes: [...own.writes, sessionKey(envelope[1])] }
}

/** The footprint of an envelope that touches only a session. */
export const noFootprint: Footprint = { reads: [], writes: [] }
