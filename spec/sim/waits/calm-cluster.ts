import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { Applications } from '../checks/applications.ts'
import { kvWorkload } from '../workload/kv.ts'
import { Chronicle } from '../world/chronicle.ts'
import { Cluster } from '../world/cluster.ts'
import { newCounts } from '../world/counts.ts'
import { Events } from '../world/events.ts'
import { longPlan, type Plan } from '../world/plan.ts'
import { createDraw } from '../world/random.ts'
import type { Setting } from '../world/setting.ts'

export interface CalmOptions {
  readonly n: number
  /** The faster rule. */
  readonly isReserved: boolean
  /** Of all draws. */
  readonly seed: string
  /** Other limits than the default ones. */
  readonly limits?: Partial<Limits> | undefined
}

const never = Number.POSITIVE_INFINITY

/** Nothing goes wrong in it by itself. */
const calmPlan = ({ n, isReserved, limits }: CalmOptions): Plan => ({
  ...longPlan(1),
  n,
  latencyMs: 0.5,
  tailShare: 0,
  loss: 0,
  repeat: 0,
  crashEveryMs: never,
  partitionEveryMs: never,
  clogEveryMs: never,
  pauseEveryMs: never,
  hangEveryMs: never,
  slowDiskEveryMs: never,
  drainEveryMs: never,
  coordinatorDies: 0,
  proposerDies: 0,
  limitsChange: 0,
  clockSkewMs: 0,
  limits: { ...defaultLimits, reservedIndices: isReserved ? defaultLimits.reservedIndices : 0, ...limits },
})

/** A cluster whose replicas are to be booted, and the setting in which it stands. Who fails ends the program. */
export function calmCluster(options: CalmOptions): { readonly setting: Setting; readonly cluster: Cluster } {
  const plan = calmPlan(options)
  const codec = createCodec(plan.limits)
  const events = new Events()
  const setting: Setting = {
    plan,
    draw: createDraw(options.seed),
    events,
    codec,
    workload: kvWorkload,
    counts: newCounts(),
    chronicle: new Chronicle(codec, () => events.nowMs, undefined),
    watcher: undefined,
    fault: () => {},
    check: run => run(),
  }
  const cluster: Cluster = new Cluster(setting, {
    applications: new Applications(),
    arriving: undefined,
    reopens: () => {},
    told: () => {},
    wrongly: (site, what) => {
      throw new Error(`replica ${site.name} ${what}`)
    },
    tap: site => ({
      stateChanged(state, error) {
        if (state === 'failed') throw error ?? new Error(`replica ${site.name} has failed`)
        if (state === 'stopped') cluster.stopped(site)
      },
    }),
  })
  return { setting, cluster }
}

/** Lets everything happen until `timeMs`. */
export function runUntil({ events }: Setting, timeMs: number): void {
  while (events.nowMs < timeMs && events.step());
}
