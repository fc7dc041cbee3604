import type { Limits } from '../../../actors/shared/limits.ts'
import { calmCluster, runUntil } from './calm-cluster.ts'
import type { FaultKind } from './kinds.ts'
import { WaitingClient } from './waiting-client.ts'

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
/** Those of the replicas that are struck are in a hurry: whenever the fault comes, something of theirs is under way. */
const hurriedMs = 2
/** Before the fault all is quiet for so long, give or take: it strikes in the middle of whatever happens then. */
const calmMs = 1_000
/** After it clients are looked at for so long more. */
const afterMs = 1_000

/** @returns the longest that a client of a replica without the fault has waited for an answer, ms of simulated time */
export function longestWaitMs(trial: Trial): number {
  const { kind, n, keys, seed } = trial
  const { setting, cluster } = calmCluster({ ...trial, seed: `waits ${seed}` })
  const { draw, events } = setting
  for (const site of cluster.sites) cluster.boot(site)
  const until = (timeMs: number) => runUntil(setting, timeMs)
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
