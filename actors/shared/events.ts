import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { type EventLevel, type EventTable, type NetEvent, netEvents } from '../../net/events.ts'

/** An event of the replica itself, for whoever runs it: `ReplicaOptions.log` is called with each. */
type CoreEvent =
  /** It voted, and stops by itself: `Replica.state` is `failed` next. */
  | { readonly code: 'stopping'; readonly error: Error }
  /** A flush found no room: it does not vote until one does. */
  | { readonly code: 'diskFull'; readonly error: Error }
  | { readonly code: 'roomAgain' }
  /** The greeting failed on one side: of another cluster, another version, or with a store that is not the known one. */
  | { readonly code: 'peerRefused'; readonly peer: ReplicaId; readonly detail: string }
  /** The state of these members differs from that of most, this one among the most. */
  | {
      readonly code: 'othersDiverged'
      readonly peers: readonly ReplicaId[]
      /** Where it was seen: the instance `index` of `member`. */
      readonly point: { readonly member: ReplicaId; readonly index: number }
    }
  | { readonly code: 'snapshotInstalled'; readonly donor: ReplicaId; readonly bytes: number }
  | { readonly code: 'snapshotUseless'; readonly donor: ReplicaId; readonly error: Error }
  | { readonly code: 'snapshotTooLarge'; readonly bytes: number; readonly snapshotBytesMax: number }

/** Everything that a replica and its connections tell whoever runs them. Nobody needs the text to know what happened. */
export type ReplicaEvent = CoreEvent | NetEvent
export type ReplicaEventCode = ReplicaEvent['code']

const events: EventTable<ReplicaEvent> = {
  stopping: { level: 'error', text: ({ error }) => `stopping: ${error.message}` },
  diskFull: { level: 'error', text: ({ error }) => error.message },
  roomAgain: { level: 'info', text: () => 'there is room on disk again: this replica votes' },
  peerRefused: {
    level: 'error',
    text: ({ peer, detail }) => `member ${peer} and this one refuse each other: ${detail}`,
  },
  othersDiverged: {
    level: 'error',
    text: ({ peers, point }) =>
      `${peers.map(peer => `member ${peer}`).join(', ')}: another state at instance ${point.index} of ` +
      `member ${point.member} than most replicas have`,
  },
  snapshotInstalled: {
    level: 'info',
    text: ({ donor, bytes }) => `installed a snapshot of member ${donor}: ${bytes} bytes`,
  },
  snapshotUseless: {
    level: 'warn',
    text: ({ donor, error }) => `the snapshot of member ${donor} is of no use: ${error.message}`,
  },
  snapshotTooLarge: {
    level: 'error',
    text: ({ bytes, snapshotBytesMax }) =>
      `a snapshot of ${bytes} bytes is beyond snapshotBytesMax, ${snapshotBytesMax}: it is not fetched`,
  },
  ...netEvents,
}

/** Every code that there is. */
export const replicaEventCodes = Object.keys(events) as readonly ReplicaEventCode[]

/** What an event says, in one English sentence: for people, made where it is printed. */
export const textOf = (event: ReplicaEvent): string => of(event).text(event)

export const levelOf = (event: ReplicaEvent): EventLevel => of(event).level

/** The table's row of each code takes events of that code: the compiler cannot follow that through a union. */
const of = (event: ReplicaEvent) =>
  events[event.code] as { readonly level: EventLevel; text(event: ReplicaEvent): string }

/** An event as plain data, which JSON can carry: its level, code, fields and text, errors as code and message. */
export function plainOf(event: ReplicaEvent): { readonly [name: string]: unknown } {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    value instanceof Error ? plainError(value) : value,
  ])
  return { level: levelOf(event), ...Object.fromEntries(fields), text: textOf(event) }
}

const plainError = (error: Error): { readonly code?: unknown; readonly message: string } =>
  'code' in error ? { code: error.code, message: error.message } : { message: error.message }
