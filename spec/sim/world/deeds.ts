import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import type { Cluster } from './cluster.ts'
import type { Setting } from './setting.ts'

type Links = readonly (readonly [from: ReplicaId, to: ReplicaId])[]

/** What somebody may do to a world by hand. Nothing is drawn for it. */
export interface Deeds {
  /** The process dies, and is started again after so long; nothing happens when it is down. */
  crash(member: ReplicaId, downMs: number, intervention: number): void
  /** Nothing passes in these directions, for so long. */
  cut(links: Links, forMs: number, intervention: number): void
  heal(links: Links, intervention: number): void
}

export function createDeeds({ events, fault }: Setting, cluster: Cluster): Deeds {
  const healNow = (links: Links, intervention: number): void => {
    for (const [from, to] of links) cluster.network.heal(from, to)
    fault({ what: 'heal', members: [], links, intervention })
  }
  return {
    crash(member, downMs, intervention) {
      const site = cluster.sites.find(each => each.member === member)
      if (site?.life !== undefined) cluster.crash(site, downMs, intervention)
    },
    cut(links, forMs, intervention) {
      for (const [from, to] of links) cluster.network.cut(from, to)
      fault({ what: 'cut', members: [], links, intervention })
      events.after(forMs, () => {
        if (cluster.isFaulty) healNow(links, intervention)
      })
    },
    heal: healNow,
  }
}
