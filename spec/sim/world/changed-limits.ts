import type { Limits } from '../../../actors/shared/limits.ts'
import type { Draw } from './random.ts'

/**
 * Limits as the next life of a replica has them: an operator has changed some of them, at this replica first. Those by which
 * messages and records are read are the same for all.
 */
export const changedLimits = (limits: Limits, draw: Draw): Limits => ({
  ...limits,
  ownInFlightMax: draw.pick([1, 2, 16]),
  ownInFlightPerKeyMax: draw.pick([1, 4, 16]),
  recoveriesMax: draw.pick([4, 256]),
  reservedIndices: draw.pick([0, 1, 4, 64]),
  fetchIdsMax: draw.pick([8, 1024]),
  voteDelayMs: draw.pick([0, 5, 50]),
  commitDelayMs: draw.pick([0, 1, 20]),
  paceRoundTripMaxMs: draw.pick([0, 5, 1_000]),
  snapshotCommands: draw.pick([5, 100, 20_000]),
  recordsKept: draw.pick([0, 10, 1_000]),
  indexPromiseMs: draw.pick([100, 1_000]),
  snapshotChunkBytes: draw.pick([1_000, 100_000]),
  checkpointSegmentBytes: draw.pick([200, 5_000, 1_000_000]),
  checkpointSliceBytes: draw.pick([50, 1_000, 100_000]),
  checkpointWaitMaxMs: draw.pick([0, 500, 5_000]),
  fastPathWaitMaxMs: draw.pick([2, 50]),
})
