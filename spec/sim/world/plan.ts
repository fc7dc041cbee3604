import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { Load } from '../workload/workload.ts'
import type { Draw } from './random.ts'

/** What one seed draws: the cluster, the load, the network, and how much goes wrong. */
export interface Plan extends Load {
  readonly n: number
  /** Programs that send commands. */
  readonly clients: number
  /** Commands that a program sends in one frame; it waits for all before the next. At most 16. */
  readonly burst: number
  /** Probability that a command is sent to two replicas at once. */
  readonly duplicates: number
  /** Commands in the faulty phase, over all clients; it also lasts until three crashes and a healed partition. */
  readonly commands: number
  /** A world in which hardly anything gets through is left, after so long, with so many. */
  readonly commandsMin: number
  readonly patienceMs: number
  /** The faulty phase must be over by then: nobody waits for ever. */
  readonly faultyMsMax: number
  /** Mean pause of a program between two bursts, ms. */
  readonly thinkMs: number
  readonly latencyMs: number
  readonly tailShare: number
  readonly tailMs: number
  readonly loss: number
  readonly repeat: number
  readonly flushMs: number
  /** Mean time between two faults of each kind, ms; Infinity for never. */
  readonly crashEveryMs: number
  readonly partitionEveryMs: number
  readonly clogEveryMs: number
  readonly pauseEveryMs: number
  /** A peer begins to lie about its numbers, for some seconds. */
  readonly liesEveryMs: number
  /** Probability that a coordinator dies about when its fast commit is flushed. */
  readonly coordinatorDies: number
  /** Probability that it dies while its preAccepts leave. */
  readonly proposerDies: number
  /** The end of a turn is put off for so long at most, ms; undefined: it is not. */
  readonly turnMs: number | undefined
  readonly flushFails: number
  readonly diskFull: number
  /** Disks lost or damaged for good; never more than f. */
  readonly disksLost: number
  /** Mean time between two of each at any disk, ms: flushes that hang for 0.2 to 60 s, and flushes that are slow for a while. */
  readonly hangEveryMs: number
  readonly slowDiskEveryMs: number
  /** Mean time between two replicas that leave, having finished what was in flight. */
  readonly drainEveryMs: number
  /** Probability that a replica begins its next life with other limits. */
  readonly limitsChange: number
  /** Share of commands that are sent without a session, once. */
  readonly sessionless: number
  /** How far the clocks of the replicas' machines may be apart, ms; it is drawn anew at every start. */
  readonly clockSkewMs: number
  /** Members whose time of day is wrong by an hour, or runs at another speed; never more than f. */
  readonly wrongClocks: number
  readonly throughCodec: boolean
  readonly limits: Limits
}

const never = Number.POSITIVE_INFINITY

/** Draws a plan: some faults are off, some are high. */
export function drawPlan(draw: Draw): Plan {
  const n = draw.pick([3, 3, 5, 5, 7])
  const f = Math.floor((n - 1) / 2)
  const keys = draw.pick([1, 2, 3, 5, 10])
  // A stream of its own: what it draws does not shift the draws above and below, so that older seeds keep their faults.
  const time = draw.fork('time')
  const clocks = draw.fork('wrong clocks')
  const faster = draw.fork('faster')
  const turns = draw.fork('turns')
  const index = draw.fork('index')
  const disks = draw.fork('disks that lag')
  const operator = draw.fork('operator')
  const lies = draw.fork('lies')
  const parts = draw.fork('flushes in parts')
  const isLiedTo = lies.chance(0.1)
  const sometimes = (share: number, from: number, to: number, source = draw) =>
    source.chance(share) ? source.between(from, to) : never
  return {
    n,
    keys,
    clients: draw.whole(3, 10),
    // What the linearizability checker can decide has its limits: dozens of commands at once on one key are beyond them.
    burst: draw.pick(keys < 5 ? [1, 1, 1, 2] : [1, 1, 2, 8]),
    duplicates: draw.pick([0, 0, 0.1]),
    commands: draw.whole(100, 160),
    commandsMin: 100,
    patienceMs: 20_000,
    faultyMsMax: 600_000,
    readShare: draw.pick([0, 0.1, 0.3, 0.6]),
    thinkMs: draw.pick([5, 20, 60]),
    latencyMs: draw.pick([0.2, 1, 5, 20]),
    tailShare: draw.pick([0, 0, 0.02, 0.1]),
    tailMs: draw.between(20, 300),
    loss: draw.pick([0, 0, 0.01, 0.05, 0.2]),
    repeat: draw.pick([0, 0, 0.02, 0.1]),
    flushMs: draw.pick([0.2, 1, 5]),
    crashEveryMs: draw.pick([300, 600, 1200]),
    partitionEveryMs: draw.pick([400, 900, 2000]),
    clogEveryMs: sometimes(0.5, 400, 2000),
    pauseEveryMs: sometimes(0.4, 500, 3000),
    liesEveryMs: isLiedTo ? lies.between(300, 1_500) : never,
    coordinatorDies: draw.pick([0, 0, 0.02, 0.08]),
    proposerDies: draw.pick([0, 0, 0.01, 0.04]),
    turnMs: turns.pick([undefined, undefined, 0, 0.3, 4]),
    flushFails: draw.pick([0, 0, 0.001]),
    diskFull: draw.pick([0, 0, 0.005]),
    disksLost: draw.chance(0.2) ? draw.whole(1, f) : 0,
    hangEveryMs: sometimes(0.25, 1_000, 5_000, disks),
    slowDiskEveryMs: sometimes(0.25, 1_000, 5_000, disks),
    drainEveryMs: sometimes(0.25, 500, 2_000, operator),
    limitsChange: operator.pick([0, 0, 0, 0.5]),
    sessionless: operator.pick([0, 0, 0, 0.2]),
    throughCodec: draw.chance(0.1),
    limits: {
      ...defaultLimits,
      batchCommandsMax: draw.pick([1, 2, 1024]),
      ownInFlightMax: draw.pick([2, 16]),
      ownInFlightPerKeyMax: draw.pick([1, 4, 16]),
      recoveriesMax: draw.pick([4, 256]),
      flushBytesMax: parts.pick([1, 150, 1_000, defaultLimits.flushBytesMax]),
      voteDelayMs: turns.pick([0, 5, 5, 50]),
      commitDelayMs: turns.pick([0, 1, 1, 20]),
      paceRoundTripMaxMs: turns.pick([0, 0, 5, 1_000]),
      reservedIndices: faster.pick([0, 0, 0, 1, 4, 64]),
      fetchIdsMax: draw.pick([8, 1024]),
      // What a lie can add is a part of the window, and each id of it takes some dozens of messages.
      indexWindowMax: Math.min(draw.pick([16, 16_384, 16_384]), isLiedTo ? lies.pick([16, 64]) : never),
      snapshotCommands: draw.pick([5, 20, 100, 20_000]),
      recordsKept: draw.pick([0, 2, 10, 1_000]),
      indexPromiseMs: index.pick([100, 300, 1_000]),
      indexSliceKeys: index.pick([1, 8, 2_048]),
      sessionIdleMs: draw.pick([5_000, 3_600_000, 3_600_000]),
      snapshotChunkBytes: draw.pick([1_000, 100_000]),
      checkpointSegmentBytes: draw.pick([200, 5_000, 1_000_000]),
      checkpointSliceBytes: draw.pick([50, 1_000, 100_000]),
      checkpointWaitMaxMs: draw.pick([0, 500, 5_000]),
      recoveryDelayMs: draw.pick([20, 100]),
      retransmitDelayMs: draw.pick([60, 200]),
      suspicionMs: draw.pick([250, 500]),
      fastPathWaitMaxMs: draw.pick([2, 50]),
      // A point conflicts with everything: one in a world of some seconds is compared, and many make another world of it.
      digestIntervalMs: time.chance(0.3) ? time.pick([500, 2_000]) : defaultLimits.digestIntervalMs,
    },
    ttlShare: time.chance(0.3) ? time.pick([0.1, 0.4]) : 0,
    ttlMs: time.pick([1, 100, 1_000]),
    clockSkewMs: time.pick([0, 50, 2_000]),
    wrongClocks: clocks.chance(0.5) ? clocks.whole(1, f) : 0,
  }
}

/**
 * Biased towards recoveries that validate and wait: five replicas, one or two keys, coordinators that die in the middle of
 * their preAccepts, clogged links.
 */
export function biasedPlan(draw: Draw): Plan {
  return {
    ...drawPlan(draw),
    n: 5,
    keys: draw.pick([1, 1, 2]),
    clients: draw.whole(4, 10),
    readShare: 0,
    thinkMs: 5,
    disksLost: 0,
    proposerDies: draw.pick([0.05, 0.15]),
    clogEveryMs: draw.between(100, 300),
    crashEveryMs: draw.between(200, 600),
  }
}

/** A long life: three replicas with default limits, a day's worth of small faults; 20,000 commands an hour, in bursts. */
export function longPlan(hours: number): Plan {
  const clients = 20
  const burst = 8
  const commands = 20_000 * hours
  return {
    n: 3,
    keys: 10,
    clients,
    burst,
    duplicates: 0.001,
    commands,
    commandsMin: commands,
    patienceMs: never,
    faultyMsMax: 2 * hours * 3_600_000,
    readShare: 0.3,
    ttlShare: 0.01,
    ttlMs: 60_000,
    thinkMs: (hours * 3_600_000 * clients * burst) / commands,
    latencyMs: 1,
    tailShare: 0.02,
    tailMs: 100,
    loss: 0.01,
    repeat: 0.02,
    flushMs: 1,
    crashEveryMs: 60_000,
    partitionEveryMs: 60_000,
    clogEveryMs: 60_000,
    pauseEveryMs: 60_000,
    liesEveryMs: never,
    coordinatorDies: 0.001,
    proposerDies: 0.001,
    turnMs: undefined,
    flushFails: 0,
    diskFull: 0,
    disksLost: 0,
    hangEveryMs: 600_000,
    slowDiskEveryMs: 600_000,
    drainEveryMs: 600_000,
    limitsChange: 0.1,
    sessionless: 0.01,
    clockSkewMs: 50,
    wrongClocks: 0,
    throughCodec: false,
    limits: { ...defaultLimits, snapshotCommands: 2_000 },
  }
}
