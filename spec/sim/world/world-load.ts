import type { Operation } from '../workload/workload.ts'
import type { Site } from './site.ts'

/** The clients of a world, as it sees them. */
export interface WorldLoad {
  /** What they have seen. */
  readonly history: readonly Operation[]
  /** Operations that the clients say were never executed. */
  readonly refused?: readonly string[]
  /** Operations that are neither answered nor given up. */
  readonly open: number
  begin(): void
  /** No client sends anything new; what is under way goes to these replicas, and must be answered. */
  heal(sites: readonly Site[]): void
  /** Sends commands one after the other to one replica; each must be answered there. */
  demand(site: Site, commands: number): void
}
