import type { Cluster } from '../world/cluster.ts'
import type { Site } from '../world/site.ts'

/** So long a replica is gone that does not come back, ms. */
const forGoodMs = 1e9
/** So long one is down that is started again at once, ms. */
const restartMs = 300
/** So long most faults last, ms: much longer than whatever is noticed and got over. */
const lastsMs = 3_000

/** Something that goes wrong at a minority of the replicas, and how long clients of the others may wait for it. */
export interface FaultKind {
  readonly name: string
  /** Longest wait of a client of a healthy replica, ms of simulated time. */
  readonly boundMs: number
  /** Why no less can be asked for. */
  readonly why: string
  /** From the fault until clients are looked at no more. */
  readonly lastsMs: number
  strike(site: Site, cluster: Cluster): void
}

function cut(site: Site, { sites, network }: Cluster, ways: 'out' | 'in' | 'both'): void {
  for (const { member } of sites) {
    if (member === site.member) continue
    if (ways !== 'in') network.cut(site.member, member)
    if (ways !== 'out') network.cut(member, site.member)
  }
}

const suspected =
  'it is suspected after 500 ms of silence, and what it has left is recovered 100 ms later, in three round trips'
const left = 'what waits for a slow flush is left to another replica, at once or after 100 ms'
const told = 'its link ends with it, so that it is suspected at once; what it has left is recovered 100 ms later'

export const faultKinds: readonly FaultKind[] = [
  {
    name: 'crash',
    boundMs: 500,
    why: told,
    lastsMs,
    strike: (site, cluster) => cluster.crash(site, forGoodMs),
  },
  {
    name: 'restart',
    boundMs: 500,
    why: `${told}; it is back before or in the middle of that`,
    lastsMs,
    strike: (site, cluster) => cluster.crash(site, restartMs),
  },
  {
    name: 'drain',
    boundMs: 300,
    why: 'it says that it leaves, once all of its own is decided',
    lastsMs,
    strike: (site, cluster) => cluster.drain(site),
  },
  {
    name: 'freeze',
    boundMs: 800,
    why: suspected,
    lastsMs,
    strike: site => site.life!.process.pause(lastsMs),
  },
  {
    name: 'partition',
    boundMs: 800,
    why: suspected,
    lastsMs,
    strike: (site, cluster) => cut(site, cluster, 'both'),
  },
  {
    name: 'one-way partition, it is not heard',
    boundMs: 800,
    why: suspected,
    lastsMs,
    strike: (site, cluster) => cut(site, cluster, 'out'),
  },
  {
    name: 'one-way partition, it does not hear',
    boundMs: 800,
    why: 'it says that it hears no quorum once it has heard nothing for 500 ms',
    lastsMs,
    strike: (site, cluster) => cut(site, cluster, 'in'),
  },
  {
    name: 'full disk',
    boundMs: 500,
    why: 'it says so with the first flush that finds no room',
    lastsMs,
    strike: site => site.pace.fill(lastsMs),
  },
  {
    name: 'hung flush',
    boundMs: 500,
    why: 'what waits for a flush that is under way for 100 ms is left to others, who recover it in three round trips',
    lastsMs: 10_000,
    strike: site => site.pace.hang(10_000),
  },
  {
    name: 'flushes of 200 ms',
    boundMs: 300,
    why: left,
    lastsMs,
    strike: site => site.pace.slow(200, lastsMs),
  },
  {
    name: 'restart, then flushes of 200 ms',
    boundMs: 500,
    why: `${told}; ${left}`,
    lastsMs,
    strike(site, cluster) {
      site.pace.slow(200, forGoodMs)
      cluster.crash(site, restartMs)
    },
  },
  {
    name: 'restart, then flushes of 500 ms',
    boundMs: 500,
    why: `${told}; ${left}`,
    lastsMs,
    strike(site, cluster) {
      site.pace.slow(500, forGoodMs)
      cluster.crash(site, restartMs)
    },
  },
]
