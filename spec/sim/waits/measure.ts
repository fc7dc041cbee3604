import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { Applications } from '../checks/applications.ts'
import { kvWorkload } from '../workload/kv.ts'
import { Chronicle } from '../world/chronicle.ts'
import { Cluster } from '../world/cluster.ts'
import { newCounts } from '../world/counts.ts'
import { Events } from '../world/events.ts'
import { longPlan, type Plan } from '../world/plan.ts'
import { createDraw, type Draw } from '../world/random.ts'
import type { Setting } from '../world/setting.ts'
import type { Site } from '../world/site.ts'
import type { FaultKind } from './kinds.ts'

export interface Trial {
  readonly kind: FaultKind
  readonly n: 3 | 5
  /** `hot`: all clients write one key; `own`: each its own. */
  readonly keys: 'hot' | 'own'
  /** The faster rule. */
  readonly isReserved: boolean
  readonly seed: number
  /** Other limits than the default ones. */
  readonly limits?: Partial<Limits>
}

const clientsPerSite = 2
const thinkMs = 50
/** Those of the replicas that are struck are in a hurry: whenever the fault comes, something of theirs is under way. */
const hurriedMs = 2
const retryMs = 10
/** Before the fault all is quiet for so long, give or take: it strikes in the middle of whatever happens then. */
const calmMs = 1_000
/** After it clients are looked at for so long more. */
const afterMs = 1_000

const never = Number.POSITIVE_INFINITY

/** Nothing goes wrong in it by itself. */
const calmPlan = ({ n, isReserved, limits }: Trial): Plan => ({
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

/** @returns the longest that a client of a replica without the fault has waited for an answer, ms of simulated time */
export function longestWaitMs(trial: Trial): number {
  const { kind, n, keys, seed } = trial
  const plan = calmPlan(trial)
  const codec = createCodec(plan.limits)
  const events = new Events()
  const draw = createDraw(`waits ${seed}`)
  const setting: Setting = {
    plan,
    draw,
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
  for (const site of cluster.sites) cluster.boot(site)
  const until = (timeMs: number): void => {
    while (events.nowMs < timeMs && events.step());
  }
  until(1_000)
  const struck = draw.shuffle(cluster.sites).slice(0, (n - 1) / 2)
  const clients = cluster.sites
    .filter(site => !struck.includes(site))
    .flatMap(site => Array.from({ length: clientsPerSite }, (_, at) => new WaitingClient(setting, site, at, keys)))
  for (const site of struck)
    for (let at = 0; at < clientsPerSite; at++) new WaitingClient(setting, site, at, keys, hurriedMs)
  until(1_000 + calmMs * draw.between(0.9, 1.1))
  const strikesAtMs = events.nowMs
  for (const site of struck) kind.strike(site, cluster)
  until(strikesAtMs + kind.lastsMs + afterMs)
  return Math.round(Math.max(...clients.map(client => client.longestSince(strikesAtMs))))
}

/** A client of one replica, with one command at a time: refused, it tries again, and has waited all the while. */
class WaitingClient {
  readonly #setting: Setting
  readonly #site: Site
  readonly #draw: Draw
  readonly #key: string
  readonly #waits: { readonly endMs: number; readonly ms: number }[] = []
  readonly #name: string
  readonly #thinkMs: number
  #count = 0
  #beganMs: number | undefined

  constructor(setting: Setting, site: Site, at: number, keys: Trial['keys'], meanMs = thinkMs) {
    this.#setting = setting
    this.#thinkMs = meanMs
    this.#site = site
    this.#name = `${site.name}${at}`
    this.#draw = setting.draw.fork(`client ${this.#name}`)
    this.#key = keys === 'hot' ? 'hot' : this.#name
    this.#later(this.#draw.exponential(this.#thinkMs), () => this.#begin())
  }

  longestSince(ms: number): number {
    const { nowMs } = this.#setting.events
    const open = this.#beganMs === undefined ? [] : [{ endMs: nowMs, ms: nowMs - this.#beganMs }]
    return Math.max(0, ...[...this.#waits, ...open].filter(({ endMs }) => endMs >= ms).map(wait => wait.ms))
  }

  #later(delayMs: number, run: () => void): void {
    this.#setting.events.after(delayMs, run)
  }

  #begin(): void {
    this.#beganMs = this.#setting.events.nowMs
    this.#count++
    this.#ask()
  }

  #ask(): void {
    const { life } = this.#site
    if (life?.replica.state !== 'voting') {
      this.#later(retryMs, () => this.#ask())
      return
    }
    const { codec } = this.#setting
    const payload = codec.encodeData([`${this.#name}.${this.#count}`, put(this.#key, `${this.#count}`)])
    let isSettled = false
    const settled = (isDone: boolean): void => {
      if (isSettled) return
      isSettled = true
      life.process.after(0, () => handler.closed('answered'))
      if (isDone) this.#end()
      else this.#later(retryMs, () => this.#ask())
    }
    const handler = life.replica.connected({
      send(answers) {
        for (const { type } of answers) if (type !== 'welcome') settled(type === 'result')
      },
      // A replica that ends does not know what became of it: it counts as answered then, and another begins.
      close: () => settled(true),
    })
    life.process.after(0, () => handler.requests([{ type: 'propose', request: 1, payload }]))
  }

  #end(): void {
    const { nowMs } = this.#setting.events
    this.#waits.push({ endMs: nowMs, ms: nowMs - this.#beganMs! })
    this.#beganMs = undefined
    this.#later(this.#draw.exponential(this.#thinkMs), () => this.#begin())
  }
}
