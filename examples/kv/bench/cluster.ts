import type { TargetAddress } from './target.ts'

/** A cluster under test. */
export interface Cluster {
  readonly address: TargetAddress
  /** Of its servers, where they run on this machine. */
  readonly pids: readonly number[]
  /** Ends what was started for it. */
  stop(): Promise<void>
}
