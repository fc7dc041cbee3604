import type { Id, Member, TraceEvent, TraceHeader } from '../trace/format.ts'
import type { WhichWorld } from '../world/header.ts'

/**
 * What the program and its page say to each other: one JSON object a WebSocket message, on `/trace` of the server that the page
 * came from, with the page's own query string (it holds the token).
 */

/** Something that somebody does to a seeded world by hand: another future begins there. */
export type Deed =
  | { readonly do: 'crash'; readonly member: Member; readonly downMs: number }
  /** Nothing passes any more in these directions, for so long. */
  | { readonly do: 'cut'; readonly links: readonly (readonly [from: Member, to: Member])[]; readonly forMs: number }
  | { readonly do: 'heal'; readonly links: readonly (readonly [from: Member, to: Member])[] }
  /** The message with this number (`no`), which is under way, is lost, or comes so much later. */
  | { readonly do: 'drop'; readonly no: number }
  | { readonly do: 'delay'; readonly no: number; readonly byMs: number }

/** A deed, and when: after so many steps of the world. */
export interface Intervention {
  readonly step: number
  readonly deed: Deed
}

/** A world and what was done to it: the same again whenever it is opened. */
export interface WorldLink {
  readonly which: WhichWorld
  readonly interventions: readonly Intervention[]
}

/** What stands behind a trace: replicas that run now, a trace that is there already, a world that is steered. */
export type SourceKind = 'live' | 'recording' | 'world'

export type ToPage =
  /** A trace begins; what was shown before is over. */
  | { readonly type: 'open'; readonly header: TraceHeader }
  /** Said once, after `open`. */
  | { readonly type: 'source'; readonly kind: SourceKind }
  /** Its events, in order. */
  | { readonly type: 'events'; readonly events: readonly TraceEvent[] }
  /** The events after this cursor are gone: another future follows (`Timeline.cut`). */
  | { readonly type: 'cut'; readonly after: number }
  /** Seeded worlds: how it stands. Told at every change. */
  | {
      readonly type: 'world'
      readonly nowMs: number
      readonly steps: number
      readonly isRunning: boolean
      /** Simulated ms a real one; 0: as fast as it goes. */
      readonly speed: number
      readonly isOver: boolean
      readonly link: WorldLink
      /** A command that does the same again. */
      readonly command: string
    }
  /** Something that was asked for cannot be done. */
  | { readonly type: 'refused'; readonly why: string }

export type FromPage =
  /** Events up to this cursor are taken in; so many beyond it are sent at most (`aheadEventsMax`). */
  | { readonly type: 'ack'; readonly cursor: number }
  /** Live clusters: all that XState tells of one instance comes as `deep` events; without an id no more. */
  | { readonly type: 'deep'; readonly id?: Id }
  | { readonly type: 'run'; readonly speed: number }
  | { readonly type: 'pause' }
  /** So many steps of the world (a step is one thing that happens: an arrival, a timer, the end of a flush). */
  | { readonly type: 'step'; readonly steps: number }
  /** Up to what is worth looking at: a fault, a loss, a slow path, a recovery, a violation. */
  | { readonly type: 'next' }
  /** Up to this time. */
  | { readonly type: 'until'; readonly ms: number }
  /** @property cursor where it is done: after the step that the event there belongs to */
  | { readonly type: 'intervene'; readonly cursor: number; readonly deed: Deed }
  /** Another world, or the same from its beginning. */
  | { readonly type: 'world'; readonly link: WorldLink }
