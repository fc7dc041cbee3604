import type { Members } from '../../../examples/cli/members.ts'
import { type CutCounts, type CutStyle, LinkPath } from './link-path.ts'
import { LinkProxy } from './link-proxy.ts'

/** The way from one member to another. */
export interface Way {
  readonly from: number
  readonly to: number
}

/** Every way between two of these members. */
export const waysBetween = (ids: readonly number[]): readonly Way[] =>
  ids.flatMap(from => ids.filter(to => to !== from).map(to => ({ from, to })))

/** The links between the replicas of a cluster, each way to be cut by itself. Clients do not pass here. */
export class ReplicaLinks {
  readonly counts: Readonly<CutCounts>
  readonly #members: Members
  readonly #paths: ReadonlyMap<string, LinkPath>
  readonly #proxies = new Map<string, LinkProxy>()

  private constructor(members: Members) {
    const counts: CutCounts = { streamsHeld: 0, bytesDropped: 0, connectionsReset: 0 }
    this.counts = counts
    this.#members = members
    this.#paths = new Map(waysBetween([...members.keys()]).map(way => [nameOf(way), new LinkPath(counts)]))
  }

  /** Begins to listen, a port for each way; nothing is cut. */
  static async open(members: Members): Promise<ReplicaLinks> {
    const links = new ReplicaLinks(members)
    for (const way of waysBetween([...members.keys()])) {
      const proxy = await LinkProxy.listen({
        targetPort: Number(new URL(members.get(way.to)!).port),
        outward: links.#pathOf(way),
        inward: links.#pathOf({ from: way.to, to: way.from }),
      })
      links.#proxies.set(nameOf(way), proxy)
    }
    return links
  }

  /** Where member `id` listens itself, and where it finds the others. */
  membersFor(id: number): Members {
    return new Map(
      [...this.#members].map(([to, endpoint]) => [
        to,
        to === id ? endpoint : `ws://127.0.0.1:${this.#proxies.get(nameOf({ from: id, to }))!.port}`,
      ]),
    )
  }

  cut(way: Way, style: CutStyle): void {
    this.#pathOf(way).cut(style)
  }
  heal(way: Way): void {
    this.#pathOf(way).heal()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map(proxy => proxy.close()))
  }

  #pathOf(way: Way): LinkPath {
    const path = this.#paths.get(nameOf(way))
    if (path === undefined) throw new Error(`there is no way ${nameOf(way)}`)
    return path
  }
}

const nameOf = ({ from, to }: Way): string => `${from}->${to}`
