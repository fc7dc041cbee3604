import type { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Codec } from '../../net/codec.ts'
import type { Execution } from '../execution/execution.ts'
import type { ReplicatedState } from '../execution/replicated-state.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'
import type { Works } from '../shared/works.ts'
import type { SnapshotError } from './snapshot-error.ts'
import type { StateWrites } from './state-writes.ts'

/** What checkpoints need of the replica. */
export interface CheckpointsPorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly codec: Codec
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Pick<Execution, 'place' | 'adopt' | 'hold' | 'release'>
  readonly state: ReplicatedState
  readonly progress: Pick<DurableProgress, 'hold' | 'release'>
  readonly works: Pick<Works, 'during'>
  readonly store: StateWrites
  turn(run: () => void): void
  /** Drops from memory the records that are gone from disk. */
  truncated(floor: Dependencies): void
  /** Stops the replica, which cannot go on. */
  failed(error: Error): void
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** What is done with another replica's checkpoint, in slices, while no other checkpoint begins. */
export interface Installation {
  /** Before its state is loaded. */
  before(): Iterator<void>
  /** Once it is. @param index counts from its first slice on, and is merged afterwards */
  replace(index: ConflictIndex): Iterator<void>
  /** The next checkpoint may begin, and stands on it. */
  done(): void
  /** Called instead when it cannot be loaded. Its segments are dropped. @param isTouched whether tables were replaced */
  useless(error: SnapshotError, isTouched: boolean): void
}
