import { createCodec } from '../../net/codec/create-codec.ts'
import type { ReplicaOptions } from '../replica/options.ts'
import { Replica } from '../replica/replica.ts'
import { boundsToRead, limitsOf } from '../shared/check-limits.ts'
import type { Limits } from '../shared/limits.ts'
import { replicaDefaults } from './defaults.ts'

/**
 * Options of `createReplica`, which has defaults for the rest: the real clock, real randomness, the standard codec and
 * limits, and errors on standard error.
 */
export type CreateReplicaOptions<C, R> = Omit<ReplicaOptions<C, R>, 'codec' | 'clock' | 'random' | 'limits'> &
  Partial<Pick<ReplicaOptions<C, R>, 'codec' | 'clock' | 'random'>> & {
    /** Changes to the standard limits. */
    readonly limits?: Partial<Limits> | undefined
  }

/**
 * A replica of `stateMachine` on ports of your own (in memory, simulated), not started yet: `await replica.start()`,
 * then `await replica.propose(command)`. A program that wants SQLite and WebSockets calls `createNode` instead.
 * @throws LimitsError for limits that are none, or contradict each other
 * @throws RangeError when the members are not 1 to 9 distinct positive whole numbers, or `id` is not one of them
 */
export function createReplica<C, R>(options: CreateReplicaOptions<C, R>): Replica<C, R> {
  const limits = limitsOf(options.limits, { members: options.members.length, ...options.stateMachine.largest })
  return new Replica<C, R>({ codec: createCodec(boundsToRead), ...replicaDefaults, ...options, limits })
}
