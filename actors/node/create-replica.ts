import { createCodec } from '../../net/codec/create-codec.ts'
import type { ReplicaOptions } from '../replica/options.ts'
import { Replica } from '../replica/replica.ts'
import { defaultLimits, type Limits } from '../shared/limits.ts'
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
 * @throws RangeError when the members are not 1 to 9 distinct positive whole numbers, or `id` is not one of them
 */
export function createReplica<C, R>(options: CreateReplicaOptions<C, R>): Replica<C, R> {
  const limits = { ...defaultLimits, ...options.limits }
  return new Replica<C, R>({ codec: createCodec(limits), ...replicaDefaults, ...options, limits })
}
