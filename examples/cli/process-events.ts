import { type EventTable, eventWords, type PlainEvent, type ReplicaEvent, replicaEvents } from '../../index.ts'
import { describeError } from './exit.ts'

/** An event of a process that serves a replica: its beginning, its end, and all that the replica tells. */
export type ProcessEvent =
  | ReplicaEvent
  | {
      readonly code: 'ready'
      readonly id: number
      readonly endpoint: string
      readonly cluster: string
      readonly pid: number
      /** From the start of the process until it voted. */
      readonly startMs: number
    }
  /** Others than its owner may read the file of the cluster secret. */
  | { readonly code: 'secretReadable'; readonly path: string }
  /** What was in flight is done: the process ends with exit code 0. */
  | { readonly code: 'stopped'; readonly id: number }
  /** It could not start, or the replica stopped by itself: the process ends with another exit code. */
  | { readonly code: 'failed'; readonly error: Error }
export type ProcessEventCode = ProcessEvent['code']

const processEvents: EventTable<ProcessEvent> = {
  ready: {
    level: 'info',
    text: ({ id, endpoint, cluster, pid, startMs }) =>
      `replica ${id} is ready: ${endpoint}, cluster ${cluster}, pid ${pid}, ${startMs} ms after its start`,
  },
  secretReadable: {
    level: 'warn',
    text: ({ path }) =>
      `${path} may be read by others than its owner, and whoever reads it can speak as a member: chmod 600`,
  },
  stopped: { level: 'info', text: ({ id }) => `replica ${id} has stopped` },
  failed: { level: 'error', text: ({ error }) => describeError(error) },
  ...replicaEvents,
}

const words = eventWords(processEvents)
export const textOf = words.textOf

/** A line of JSON: when, how grave, which code, its fields, and the text. A supervisor reads all but the last. */
export const lineOf = (event: ProcessEvent): string =>
  `${JSON.stringify({ time: new Date().toISOString(), ...words.plainOf(event) })}\n`

/** An event as another process reads it. */
export interface ToldEvent extends PlainEvent {
  readonly code: ProcessEventCode
  /** ISO 8601. */
  readonly time: string
}

/** Reads a line that `lineOf` wrote. */
export const toldIn = (line: string): ToldEvent => JSON.parse(line)
