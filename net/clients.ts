import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../machines/protocol/client-messages.ts'

/** The flow of bytes to and from one client. */
export interface ClientFlow {
  /** Whether its socket takes more answers now. `drained` follows when it does again. */
  readonly hasRoom: boolean
  /** Reads nothing more from the client, which then cannot send for long; `resume` reads again. */
  pause(): void
  resume(): void
}

/** One client as its replica sees it. */
export interface ClientPeer {
  /** Sends one frame of answers. A client for which too much waits already is cut off: first look for room. */
  send(answers: readonly ClientAnswer[]): void
  /** Left out: answers are taken at once, however many, and requests come as they are handled. */
  readonly flow?: ClientFlow | undefined
  /** Whether it was let in only as the operator, since all other places are taken. */
  readonly isOperator?: boolean
  /** Ends the connection; `closed` follows. */
  close(reason: string): void
}

/** The events of one client, which a listener calls: one at a time, `closed` last and once. */
export interface ClientPeerEvents {
  requests(requests: readonly ClientRequest[]): void
  /** The client's socket takes answers again, after it had no room. Never called from inside `send`. */
  drained?(): void
  closed(reason: string): void
}

/** The replica's door for clients. */
export interface ClientListener {
  /**
   * Begins to take clients in.
   * @param connected is called for each; it returns the handler of that client. The handler's first message must be the
   * `welcome`.
   */
  start(connected: (client: ClientPeer) => ClientPeerEvents): void
  /** Takes no more clients and ends the open connections. */
  stop(done: () => void): void
}

/**
 * The reason why a client's connection ended. `unreachable`: it never opened. `rejected`: the other side is no replica
 * of ours, or speaks another version. `lost`: it was open and broke, so the outcome of unanswered requests is unknown.
 */
export interface ConnectionEnd {
  readonly code: 'unreachable' | 'rejected' | 'lost' | 'closed'
  readonly reason: string
}

export interface ServerConnectionEvents {
  /** The replica has welcomed us: requests may be sent. */
  open(welcome: ClientMessageOf<'welcome'>): void
  answers(answers: readonly ClientAnswer[]): void
  /** The socket takes requests again, after it had no room. Never called from inside `send`. */
  drained?(): void
  /** Called last, and once. */
  ended(end: ConnectionEnd): void
}

/** The flow of bytes on a client's connection. */
export interface ServerFlow {
  /** Whether its socket takes more requests now. `drained` follows when it does again. */
  readonly hasRoom: boolean
  /** Bytes that wait in it to leave. */
  readonly waiting: number
  /** Bytes that have come so far, also those of an answer that is not whole yet. */
  readonly received: number
}

/** A client's connection to one replica. */
export interface ServerConnection {
  /** Sends one frame of requests. Only between `open` and `ended`. */
  send(requests: readonly ClientRequest[]): void
  /** Left out: requests are taken at once, however many. */
  readonly flow?: ServerFlow | undefined
  close(): void
}

/** Connects a client to replicas. */
export interface ClientConnector {
  /** @param endpoint for example `ws://127.0.0.1:7101` */
  connect(endpoint: string, events: ServerConnectionEvents): ServerConnection
}
