import { systemClock, systemWallClock } from '../../net/system-clock.ts'
import { systemRandom } from '../../net/system-random.ts'
import type { ReplicaOptions } from '../replica/options.ts'

/** The name of a cluster without one of its own. */
export const defaultCluster = 'epaxos'

/** Default ports of `createReplica`, and so of `createNode`: the real clock and real randomness. */
export const replicaDefaults = {
  clock: systemClock,
  wallClock: systemWallClock,
  random: systemRandom,
  // The frames and requests of one round of the event loop are finished together at its end.
  defer: setImmediate,
} satisfies Partial<ReplicaOptions<unknown, unknown>>
