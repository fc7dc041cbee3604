import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../machines/protocol/client-messages.ts'

/** One client as its replica sees it. */
export interface ClientPeer {
  /** Sends one frame of answers. A client that does not read is cut off when its queue is full. */
  send(answers: readonly ClientAnswer[]): void
  /** Ends the connection; `closed` follows. */
  close(reason: string): void
}

/** What a listener calls for one client: one at a time, `closed` last and once. */
export interface ClientPeerEvents {
  requests(requests: readonly ClientRequest[]): void
  closed(reason: string): void
}

/** The replica's door for clients. */
export interface ClientListener {
  /**
   * Begins to take clients in.
   * @param connected is called for each; it returns who handles that client. The first thing that it sends must be
   * the `welcome`.
   */
  start(connected: (client: ClientPeer) => ClientPeerEvents): void
  /** Takes no more clients and ends those there are. */
  stop(done: () => void): void
}

/**
 * Why a client's connection ended. `unreachable`: it never opened. `rejected`: what answered is no replica of ours, or
 * speaks another version. `lost`: it was open and is no more, so the fate of unanswered requests is unknown.
 */
export interface ConnectionEnd {
  readonly code: 'unreachable' | 'rejected' | 'lost' | 'closed'
  readonly reason: string
}

export interface ServerConnectionEvents {
  /** The replica has welcomed us: requests may be sent. */
  open(welcome: ClientMessageOf<'welcome'>): void
  answers(answers: readonly ClientAnswer[]): void
  /** Last, and once. */
  ended(end: ConnectionEnd): void
}

/** A client's connection to one replica. */
export interface ServerConnection {
  /** Sends one frame of requests. Only between `open` and `ended`. */
  send(requests: readonly ClientRequest[]): void
  close(): void
}

/** How a client reaches replicas. */
export interface ClientConnector {
  /** @param endpoint for example `ws://127.0.0.1:7101` */
  connect(endpoint: string, events: ServerConnectionEvents): ServerConnection
}
