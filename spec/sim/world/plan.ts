import { defaultLimits, type Limits } from '../../../actors/limits.ts'
import type { Draw } from './random.ts'

/** What one seed draws: the cluster, the load, the network, and how much goes wrong. */
export interface Plan {
  readonly n: number
  readonly keys: number
  readonly clients: number
  /** Commands in the faulty phase, over all clients. */
  readonly commands: number
  readonly readShare: number
  /** Mean pause of a client between two commands, ms. */
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
  readonly coordinatorDies: number
  readonly flushFails: number
  readonly diskFull: number
  /** Disks lost or damaged for good; never more than f. */
  readonly disksLost: number
  readonly throughCodec: boolean
  readonly limits: Limits
}

const never = Number.POSITIVE_INFINITY

/** Draws a plan: some faults are off, some are high. */
export function drawPlan(draw: Draw): Plan {
  const n = draw.pick([3, 3, 5, 5, 7])
  const f = Math.floor((n - 1) / 2)
  const sometimes = (share: number, from: number, to: number) => (draw.chance(share) ? draw.between(from, to) : never)
  return {
    n,
    keys: draw.pick([1, 2, 3, 5, 10]),
    clients: draw.whole(3, 10),
    commands: draw.whole(100, 160),
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
    coordinatorDies: draw.pick([0, 0, 0.02, 0.08]),
    flushFails: draw.pick([0, 0, 0.001]),
    diskFull: draw.pick([0, 0, 0.005]),
    disksLost: draw.chance(0.2) ? draw.whole(1, f) : 0,
    throughCodec: draw.chance(0.1),
    limits: {
      ...defaultLimits,
      batchCommandsMax: draw.pick([1, 2, 1024]),
      ownInFlightMax: draw.pick([2, 16]),
      ownInFlightPerKeyMax: draw.pick([1, 4, 16]),
      recoveriesMax: draw.pick([4, 256]),
      fetchIdsMax: draw.pick([8, 1024]),
      snapshotCommands: draw.pick([20, 100, 20_000]),
      recoveryDelayMs: draw.pick([20, 100]),
      retransmitDelayMs: draw.pick([60, 200]),
      suspicionMs: draw.pick([250, 500]),
      fastPathWaitMaxMs: draw.pick([2, 50]),
    },
  }
}
