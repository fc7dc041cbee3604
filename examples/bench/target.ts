import type { Operation } from './operations.ts'

/** How clients reach a cluster: all share one connection to each replica, or each client has one of its own, to one replica. */
export type Connections = 'shared' | 'each'

/** A cluster under load, driven by one process. */
export interface Target {
  /**
   * Sends an operation for a client; clients are spread over the replicas by their number. `settled` is called once, later,
   * with the code of the failure, or undefined when it was answered.
   */
  send(client: number, operation: Operation, settled: (failure: string | undefined) => void): void
  close(): void
}

/** Where a target is, and how it is spoken to. Plain data. */
export type TargetAddress =
  | { readonly kind: 'epaxos'; readonly endpoints: readonly string[]; readonly sessions: boolean }
  | { readonly kind: 'etcd'; readonly endpoints: readonly string[] }

/**
 * The connections of a target, opened when their clients first send. They stay from run to run: after a run of many clients
 * those of a smaller one are idle, on either side of a comparison.
 */
export class ConnectionsOf<C extends { close(): void }> {
  readonly #endpoints: readonly string[]
  readonly #connections: Connections
  readonly #connect: (endpoint: string) => C
  readonly #open: (C | undefined)[] = []

  constructor(endpoints: readonly string[], connections: Connections, connect: (endpoint: string) => C) {
    this.#endpoints = endpoints
    this.#connections = connections
    this.#connect = connect
  }

  /** The connection of a client. Clients are spread over the replicas by their number. */
  of(client: number): C {
    const { length } = this.#endpoints
    const at = this.#connections === 'each' ? client : client % length
    this.#open[at] ??= this.#connect(this.#endpoints[client % length]!)
    return this.#open[at]
  }

  close(): void {
    for (const connection of this.#open) connection?.close()
  }
}

/** An operation without an answer after this has failed. */
export const answerTimeoutMs = 30_000
