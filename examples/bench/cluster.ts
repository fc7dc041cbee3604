import type { TargetAddress } from './target.ts'

/** A cluster under test. */
export interface Cluster {
  readonly address: TargetAddress
  /** Of its servers, where they run on this machine. */
  readonly pids: readonly number[]
  /** Ends what was started for it. */
  stop(): Promise<void>
}

/** The same cluster, whose clients use its first replicas alone. */
export const atFirst = (replicas: number, cluster: Cluster): Cluster => ({
  ...cluster,
  address: { ...cluster.address, endpoints: cluster.address.endpoints.slice(0, replicas) },
})
