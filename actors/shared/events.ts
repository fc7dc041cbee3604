import type { RejectionCode } from '../../machines/protocol/admission.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import {
  type EventLevel,
  type EventTable,
  eventWords,
  type NetEvent,
  netEvents,
  type PlainEvent,
} from '../../net/events.ts'
import { type StallCause, stallCauses } from './stall-causes.ts'

/** An event of the replica itself, for its operator: `ReplicaOptions.log` is called with each. */
type CoreEvent =
  /** A voting replica stops by itself: `Replica.state` is `failed` next. */
  | { readonly code: 'stopping'; readonly error: Error }
  /** A flush found no room: the replica does not vote until one does. */
  | { readonly code: 'diskFull'; readonly error: Error }
  | { readonly code: 'roomAgain' }
  /** A flush takes longer than the suspicion time: until it ends the replica gives no vote and takes no command. */
  | { readonly code: 'diskStalled' }
  /** That flush has ended, so long after it was called stalled. */
  | { readonly code: 'diskAnswers'; readonly afterMs: number }
  /**
   * The greeting failed on one side: of another cluster, another version, or with a store that is not the known one.
   */
  | { readonly code: 'peerRefused'; readonly peer: ReplicaId; readonly detail: string }
  /** A message of a peer was refused, since nothing honest says that: a newer version, or a fault. */
  | {
      readonly code: 'messageRefused'
      readonly peer: ReplicaId
      readonly message: Message['type']
      readonly reason: RejectionCode
      readonly detail: string
    }
  /** A peer contradicts what is decided or known here: nothing of it is taken for a while. */
  | { readonly code: 'peerContradicts'; readonly peer: ReplicaId; readonly detail: string; readonly forMs: number }
  /** The peer knows another store, or a later life, of this member than the one that it started with (S1). */
  | { readonly code: 'disowned'; readonly peer: ReplicaId; readonly detail: string }
  /** `by` knows another store of a member than this replica does (S2). */
  | { readonly code: 'storesDisagree'; readonly peer: ReplicaId; readonly by: ReplicaId }
  /** The state of these members differs from that of most, this one among the most. */
  | {
      readonly code: 'othersDiverged'
      readonly peers: readonly ReplicaId[]
      /** The point of the difference: the instance `index` of `member`. */
      readonly point: { readonly member: ReplicaId; readonly index: number }
    }
  /** A method of the state machine threw, or gave what it must not give: the replica goes on. */
  | {
      readonly code: 'stateMachineFailed'
      readonly method: string
      readonly detail: string
      /** Number of errors of this method since the last that was told. */
      readonly untold: number
    }
  /** An observer threw, a method of the tap or an inspector: it is not called any more, and the replica goes on. */
  | { readonly code: 'observerFailed'; readonly what: string; readonly detail: string }
  /** The clock of this machine is more than `clockOffMs` from the cluster clock, or it is right again. */
  | { readonly code: 'clockOff'; readonly aheadMs: number }
  | { readonly code: 'clockRight'; readonly aheadMs: number }
  /** The event loop of this process stood still for so long, most of it for this cause: nobody was answered meanwhile. */
  | { readonly code: 'stalled'; readonly ms: number; readonly cause: StallCause }
  /** This replica votes, and loads its state beside that: until it stands no client is answered here. */
  | { readonly code: 'stateLoads'; readonly loaded: number; readonly size: number }
  | { readonly code: 'stateLoaded'; readonly bytes: number; readonly afterMs: number }
  /** All that a quorum had executed when it was first heard, and what may have been forgotten, is executed here. */
  | { readonly code: 'caughtUp'; readonly afterMs: number }
  /** A checkpoint was given up, and is tried again later. Records stay until then. */
  | { readonly code: 'checkpointFailed'; readonly error: Error }
  | { readonly code: 'snapshotInstalled'; readonly donor: ReplicaId; readonly bytes: number }
  | { readonly code: 'snapshotUseless'; readonly donor: ReplicaId; readonly error: Error }
  | { readonly code: 'snapshotTooLarge'; readonly bytes: number; readonly snapshotBytesMax: number }

/** All events of a replica and its connections for the operator. Programs need the code alone, never the text. */
export type ReplicaEvent = CoreEvent | NetEvent
export type ReplicaEventCode = ReplicaEvent['code']

/** The level and the text of each: a code without them does not compile. */
export const replicaEvents: EventTable<ReplicaEvent> = {
  stopping: { level: 'error', text: ({ error }) => `stopping: ${error.message}` },
  diskFull: { level: 'error', text: ({ error }) => error.message },
  roomAgain: { level: 'info', text: () => 'there is room on disk again: this replica votes' },
  diskStalled: {
    level: 'error',
    text: () => 'the disk does not answer: until it does, this replica gives no vote and takes no command',
  },
  diskAnswers: {
    level: 'info',
    text: ({ afterMs }) => `the disk answers again after ${afterMs} ms: this replica votes`,
  },
  peerRefused: {
    level: 'error',
    text: ({ peer, detail }) => `member ${peer} and this one refuse each other: ${detail}`,
  },
  messageRefused: {
    level: 'warn',
    text: ({ peer, message, reason, detail }) =>
      `a ${message} of member ${peer} is refused (${reason}): ${detail}; it runs another version, or is at fault`,
  },
  peerContradicts: {
    level: 'error',
    text: ({ peer, detail, forMs }) =>
      `member ${peer} contradicts what is known here, and is not heard for ${forMs} ms: ${detail}`,
  },
  disowned: {
    level: 'error',
    text: ({ peer, detail }) => `member ${peer} does not let this replica in, and hears no vote of it: ${detail}`,
  },
  storesDisagree: {
    level: 'error',
    text: ({ peer, by }) =>
      `member ${by} knows another store of member ${peer} than this replica: one of the two is a stranger, an emptied disk or ` +
      'an old copy; see which, and stop it',
  },
  othersDiverged: {
    level: 'error',
    text: ({ peers, point }) =>
      `${peers.map(peer => `member ${peer}`).join(', ')}: another state at instance ${point.index} of ` +
      `member ${point.member} than most replicas have`,
  },
  stateMachineFailed: {
    level: 'error',
    text: ({ method, detail, untold }) =>
      `${method} of the state machine failed: ${detail}${untold === 0 ? '' : ` (and ${untold} times before it)`}`,
  },
  observerFailed: {
    level: 'error',
    text: ({ what, detail }) => `${what} threw, and is not called any more: ${detail}`,
  },
  clockOff: {
    level: 'warn',
    text: ({ aheadMs }) =>
      `the clock of this machine is ${aheadMs} ms ahead of those of a quorum (less than 0: behind), by which deadlines ` +
      'go: set it right',
  },
  clockRight: {
    level: 'info',
    text: ({ aheadMs }) => `the clock of this machine is right again: ${aheadMs} ms ahead of those of a quorum`,
  },
  stalled: { level: 'warn', text: ({ ms, cause }) => `nobody was answered for ${ms} ms: ${stallCauses[cause]}` },
  stateLoads: {
    level: 'info',
    text: ({ loaded, size }) =>
      `votes; state loads: ${percent(loaded, size)} % (${loaded} of ${size} bytes), and no client is answered before it stands`,
  },
  stateLoaded: {
    level: 'info',
    text: ({ bytes, afterMs }) =>
      `the state stands: ${bytes} bytes were loaded within ${afterMs} ms after the first vote`,
  },
  caughtUp: {
    level: 'info',
    text: ({ afterMs }) =>
      `caught up: all that was executed before is executed here, ${afterMs} ms after the first vote`,
  },
  checkpointFailed: {
    level: 'warn',
    text: ({ error }) => `a checkpoint was given up, and is tried again later: ${error.message}`,
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

const words = eventWords(replicaEvents)

const percent = (part: number, all: number): number => (all === 0 ? 100 : Math.floor((100 * part) / all))

/** All codes. */
export const replicaEventCodes = words.codes

/** The text of an event in one English sentence, made for people when it is printed. */
export const textOf = (event: ReplicaEvent): string => words.textOf(event)

export const levelOf = (event: ReplicaEvent): EventLevel => words.levelOf(event)

/** An event as plain data, which JSON can carry: its level, code, fields and text. */
export const plainOf = (event: ReplicaEvent): PlainEvent => words.plainOf(event)
