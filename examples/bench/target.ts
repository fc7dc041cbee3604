import type { Operation } from './operations.ts'

/** A cluster under load. One process drives it, over one connection a replica. */
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

/** An operation without an answer after this has failed. */
export const answerTimeoutMs = 30_000
