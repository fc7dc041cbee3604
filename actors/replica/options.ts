import type { Clock, Random } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Codec } from '../../net/codec.ts'
import type { Transport } from '../../net/transport.ts'
import type { Store } from '../../storage/store.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { StateMachine } from '../shared/state-machine.ts'
import type { Tap } from '../shared/tap.ts'
import type { RuntimeStatus } from './status.ts'

/** The options of a replica. Everything that touches the world outside is injected here. */
export interface ReplicaOptions<C, R> {
  /** This member's id. */
  readonly id: ReplicaId
  /** All members' ids, this one among them. */
  readonly members: readonly ReplicaId[]
  readonly stateMachine: StateMachine<C, R>
  readonly transport: Transport
  readonly store: Store
  readonly codec: Codec
  readonly clock: Clock
  /**
   * The time of day, ms since 1970, for deadlines that outlive a process (`StateMachine.stamped`, `due`). It may be
   * wrong, and be set: what counts is the cluster clock, made of those of a quorum (section 10). Left out:
   * `clock.now()`, which means the same everywhere only where all replicas share one clock.
   */
  readonly wallClock?: () => number
  readonly random: Random
  readonly limits: Limits
  readonly tap?: Tap
  /**
   * Runs a callback once the requests of all clients that are readable now have been taken in, and the commands that the
   * program proposes in one go. All of them are then finished together, which saves instances, flushes and frames. Left
   * out: each frame of a client, and each command, is finished by itself. Peers' frames always are.
   */
  readonly defer?: (finish: () => void) => void
  /** Measures the process that hosts the replica, for its status. */
  readonly runtime?: () => RuntimeStatus | undefined
  /** Called with each event for the operator; `textOf` says it in words. */
  readonly log?: (event: ReplicaEvent) => void
}
