import type { ReplicaId } from '../machines/protocol/membership.ts'
import { harmless } from './harmless.ts'
import type { LinkDownReason } from './transport.ts'

/** The severity of an event for the operator: the replica works, works with less, or does not work. */
export type EventLevel = 'info' | 'warn' | 'error'

/** The level and the text of every event of a union, by its code: the type makes the table complete. */
export type EventTable<E extends { readonly code: string }> = {
  readonly [Code in E['code']]: {
    readonly level: EventLevel
    /** One sentence in English, made when it is printed. Words of others stand in it as they came. */
    text(event: Extract<E, { readonly code: Code }>): string
  }
}

/** The forms of an event by its table: words for people, plain data for programs. */
export interface EventWords<E extends { readonly code: string }> {
  readonly codes: readonly E['code'][]
  /** One line for people, which harms no terminal. */
  textOf(event: E): string
  levelOf(event: E): EventLevel
  /** The event as data that JSON can carry: level, code, fields and text; an error as its code and message. */
  plainOf(event: E): PlainEvent
}

export interface PlainEvent {
  readonly level: EventLevel
  readonly code: string
  readonly text: string
  readonly [field: string]: unknown
}

export function eventWords<E extends { readonly code: string }>(table: EventTable<E>): EventWords<E> {
  // A row takes events of its own code: the compiler cannot follow that through a union.
  const rowOf = (event: E) => table[event.code as E['code']] as { readonly level: EventLevel; text(event: E): string }
  const textOf = (event: E): string => harmless(rowOf(event).text(event))
  return {
    codes: Object.keys(table) as E['code'][],
    textOf,
    levelOf: event => rowOf(event).level,
    plainOf(event) {
      const { level } = rowOf(event)
      const fields = Object.entries<unknown>(event).map(([name, value]) => [
        name,
        value instanceof Error ? plainError(value) : value,
      ])
      return { level, code: event.code, ...Object.fromEntries(fields), text: textOf(event) }
    },
  }
}

const plainError = (error: Error): { readonly code?: unknown; readonly message: string } =>
  'code' in error ? { code: error.code, message: error.message } : { message: error.message }

/** An event of a replica's connections, for its operator. The code and the fields are for programs. */
export type NetEvent =
  /** The link that this replica dials. */
  | { readonly code: 'linkUp'; readonly peer: ReplicaId }
  | { readonly code: 'linkDown'; readonly peer: ReplicaId; readonly reason: LinkDownReason; readonly detail: string }
  /** A link that a peer dialled was lost. @see IncomingLink */
  | ({ readonly code: 'incomingLinkLost'; readonly detail: string } & IncomingLink)
  /** This replica ended the link, for bad data on it or a missing greeting. */
  | ({ readonly code: 'incomingLinkRejected'; readonly detail: string } & IncomingLink)
  | { readonly code: 'messageTooLarge'; readonly peer: ReplicaId; readonly frameBytesMax: number }
  | { readonly code: 'clientTooSlow'; readonly remote: string; readonly queueBytesMax: number }
  | { readonly code: 'clientRejected'; readonly remote: string; readonly detail: string }
  | { readonly code: 'clientsNotAccepted'; readonly error: Error }
  | { readonly code: 'connectionFailed'; readonly remote: string; readonly error: Error }
  | { readonly code: 'tooManyConnections'; readonly remote: string; readonly path: string; readonly count: number }
  | {
      readonly code: 'connectionRefused'
      readonly remote: string
      readonly path: string
      /** Of HTTP. */
      readonly status: number
      readonly detail: string
    }
  | { readonly code: 'handshakeFailed'; readonly path: string; readonly error: Error }
  | { readonly code: 'serverFailed'; readonly error: Error }
  /** An error was thrown while a request was served: it was answered 500. */
  | { readonly code: 'requestFailed'; readonly remote: string; readonly error: Error }
  /** A debugger has connected, or was disconnected. */
  | { readonly code: 'viewerConnected'; readonly remote: string }
  | { readonly code: 'viewerTooSlow'; readonly remote: string }

interface IncomingLink {
  /** Undefined before the greeting. */
  readonly peer: ReplicaId | undefined
  readonly remote: string
}

export const netEvents: EventTable<NetEvent> = {
  linkUp: { level: 'info', text: ({ peer }) => `link to member ${peer} is up` },
  linkDown: {
    level: 'warn',
    text: ({ peer, reason, detail }) => `link to member ${peer} is down (${reason}): ${detail}`,
  },
  incomingLinkLost: { level: 'info', text: event => `link from ${dialler(event)}: ${event.detail}` },
  incomingLinkRejected: { level: 'warn', text: event => `link from ${dialler(event)} ended: ${event.detail}` },
  messageTooLarge: {
    level: 'error',
    text: ({ peer, frameBytesMax }) => `a message to member ${peer} fits into no frame (${frameBytesMax} bytes)`,
  },
  clientTooSlow: {
    level: 'warn',
    text: ({ remote, queueBytesMax }) =>
      `client ${remote} is cut off: it does not read, ${queueBytesMax} bytes wait for it`,
  },
  clientRejected: { level: 'warn', text: ({ remote, detail }) => `client ${remote} ended: ${detail}` },
  clientsNotAccepted: { level: 'error', text: ({ error }) => `no more clients are taken in: ${error.message}` },
  connectionFailed: { level: 'info', text: ({ remote, error }) => `connection of ${remote}: ${error.message}` },
  tooManyConnections: {
    level: 'warn',
    text: ({ remote, path, count }) => `connection of ${remote} to ${path} refused: there are ${count} already`,
  },
  connectionRefused: {
    level: 'warn',
    text: ({ remote, path, status, detail }) => `connection of ${remote} to ${path} refused: ${status} ${detail}`,
  },
  handshakeFailed: {
    level: 'warn',
    text: ({ path, error }) => `a WebSocket handshake on ${path} failed: ${error.message}`,
  },
  serverFailed: { level: 'error', text: ({ error }) => `server: ${error.message}` },
  requestFailed: {
    level: 'error',
    text: ({ remote, error }) => `a request of ${remote} could not be served: ${error.message}`,
  },
  viewerConnected: { level: 'info', text: ({ remote }) => `${remote} looks at this replica` },
  viewerTooSlow: { level: 'warn', text: ({ remote }) => `${remote} is cut off: it does not read what it looks at` },
}

const dialler = ({ peer, remote }: IncomingLink): string => (peer === undefined ? remote : `member ${peer} (${remote})`)
