import { systemClock, systemWallClock } from '../../net/system-clock.ts'
import { systemRandom } from '../../net/system-random.ts'
import type { ReplicaOptions } from '../replica/options.ts'
import { logToStandardError } from './standard-error.ts'

/** The name of a cluster without one of its own. */
export const defaultCluster = 'epaxos'

/**
 * Default ports of `createReplica`, and so of `createNode`: the real clock, real randomness, errors on standard error. `defer` is none of them: it
 * depends on how requests arrive.
 */
export const replicaDefaults = {
  clock: systemClock,
  wallClock: systemWallClock,
  random: systemRandom,
  log: logToStandardError,
} satisfies Partial<ReplicaOptions<unknown, unknown>>
