import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Links } from '../records/links.ts'
import type { Component } from '../shared/component.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'

/** The state here differs from the others', or no majority says which is right: this replica stops. */
export class DivergenceError extends EpaxosError<ErrorCodeOf<'diverged'>> {
  constructor(message: string) {
    super('diverged', message)
  }
}

export interface ComparisonPorts {
  readonly self: Rank
  readonly membership: Membership
  readonly limits: Limits
  readonly links: Links
  now(): number
  /** Until its state stands, a replica executes again what it had executed, and compares with no peer. */
  readonly life: Pick<Life, 'votes' | 'state'>
  /** The digest of the whole replicated state as it is now; undefined when the state machine gives none. */
  digest(): string | undefined
  say(to: Rank, message: Message): void
  /** Proposes a point. @param settled it was reached, or never will be */
  propose(settled: () => void): void
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

interface Point {
  readonly id: InstanceId
  readonly digests: Map<Rank, string>
  /** The time when a difference was first seen. */
  differsSinceMs: number | undefined
}

/** What may be at fault, the state machine first: it is the same at all replicas, and so are its mistakes. */
const causes =
  "Causes to look for: the state machine's snapshot may depend on insertion order (of a Map or an object, where tables and " +
  'an OrderedMap do not), the state machine is not deterministic or its footprints lack a key, or the memory is bad'

/** Number of points remembered. A replica further behind is compared at a later point. */
const pointsMax = 8

/**
 * The comparison of the states of all replicas. A command that reads everything is ordered among all writes alike at
 * every replica: at this point equal replicas have equal states. A replica whose digest at a point differs from that of
 * a majority stops, and all replicas stop if there is no majority.
 */
export class Comparison implements Component {
  readonly #ports: ComparisonPorts
  readonly #points = new Map<string, Point>()
  #lastMs: number
  #isProposing = false
  #latest: { readonly point: string; readonly digest: string } | undefined

  constructor(ports: ComparisonPorts) {
    this.#ports = ports
    this.#lastMs = ports.now()
  }

  /** The last point executed here. */
  get latest(): { readonly point: string; readonly digest: string } | undefined {
    return this.#latest
  }

  /** Called at every heartbeat: the lowest live replica proposes a point at intervals. @throws DivergenceError */
  tick(): void {
    const { self, limits, links, now, propose } = this.#ports
    if (limits.digestIntervalMs === 0) return
    for (const point of this.#points.values()) throwIf(this.#giveUpWaiting(point))
    if (this.#isProposing || now() - this.#lastMs < limits.digestIntervalMs || links.live()[0] !== self) return
    this.#isProposing = true
    propose(() => {
      this.#isProposing = false
    })
  }

  /**
   * Called when a point is executed here.
   * @returns the error that ends this replica, if the others have another state
   */
  reached(id: InstanceId): DivergenceError | undefined {
    const { self, links, now, life, digest, say } = this.#ports
    if (!life.votes || life.state === 'loading') return undefined
    this.#lastMs = now()
    // A batch may hold several points, with writes between them: all replicas compare at the first.
    if (this.#points.get(nameOf(id))?.digests.has(self)) return undefined
    const own = digest()
    // The others compare without this one, as if it were late.
    if (own === undefined) return undefined
    const message: Message = { type: 'digest', point: id, digest: own }
    this.#latest = { point: this.#place({ id }), digest: own }
    for (const peer of links.peers) say(peer, message)
    return this.#told(self, message)
  }

  /** Called with a peer's digest of its state at a point. @throws DivergenceError */
  told(from: Rank, message: MessageOf<'digest'>): void {
    throwIf(this.#told(from, message))
  }

  #told(from: Rank, { point: id, digest }: MessageOf<'digest'>): DivergenceError | undefined {
    const name = nameOf(id)
    const point = this.#points.get(name) ?? { id, digests: new Map(), differsSinceMs: undefined }
    point.digests.set(from, digest)
    this.#points.set(name, point)
    const [oldest] = this.#points.keys()
    if (this.#points.size > pointsMax && oldest !== undefined) this.#points.delete(oldest)
    return this.#judge(point)
  }

  #judge(point: Point): DivergenceError | undefined {
    const { self, membership, now } = this.#ports
    const { digests } = point
    const { n } = membership.quorums
    const mine = digests.get(self)
    if (mine === undefined) return undefined
    const largest = Math.max(...[...digests.values()].map(digest => this.#whoHas(point, digest).length))
    const majority = [...digests.values()].find(digest => 2 * this.#whoHas(point, digest).length > n)
    if (majority === mine) this.#settle(point, mine)
    else if (majority !== undefined)
      return this.#diverged(point, 'most replicas have another one, so this one is not to be trusted any more')
    else if (2 * (largest + n - digests.size) <= n)
      return this.#diverged(point, 'there is no majority for any, so all stop')
    else if (digests.size > this.#whoHas(point, mine).length) point.differsSinceMs ??= now()
    return undefined
  }

  /** Stops waiting for absent replicas that would make a majority, so that two states do not go on side by side. */
  #giveUpWaiting(point: Point): DivergenceError | undefined {
    const { limits, now } = this.#ports
    // The patience covers the next point too, since one lost digest is no reason to stop.
    const patienceMs = 2 * limits.digestIntervalMs
    if (point.differsSinceMs === undefined || now() - point.differsSinceMs <= patienceMs) return undefined
    return this.#diverged(point, `too few have said theirs within ${patienceMs} ms for a majority, so all stop`)
  }

  /** Settles a point at which most have the state that is here, and all earlier ones. */
  #settle(point: Point, mine: string): void {
    for (const each of this.#points.values()) each.differsSinceMs = undefined
    const { membership, log } = this.#ports
    const others = [...point.digests].filter(([, digest]) => digest !== mine).map(([rank]) => membership.members[rank]!)
    if (others.length === 0) return
    const { rank, index } = point.id
    log({ code: 'othersDiverged', peers: others, point: { member: membership.members[rank]!, index } })
  }

  #diverged(point: Point, why: string): DivergenceError {
    const all = [...new Set(point.digests.values())].map(
      digest => `${digest} at ${this.#whoHas(point, digest).map(this.#nameOf).join(', ')}`,
    )
    this.#points.clear()
    return new DivergenceError(
      `the replicas have different states at ${this.#place(point)}: ${all.join('; ')}; ${why}. ${causes}`,
    )
  }

  #whoHas = ({ digests }: Point, digest: string): Rank[] =>
    [...digests].filter(([, each]) => each === digest).map(([rank]) => rank)

  #nameOf = (rank: Rank): string => `member ${this.#ports.membership.members[rank]}`

  #place({ id }: Pick<Point, 'id'>): string {
    return `instance ${id.index} of ${this.#nameOf(id.rank)}`
  }
}

const throwIf = (error: Error | undefined): void => {
  if (error !== undefined) throw error
}

const nameOf = ({ rank, index }: InstanceId): string => `${rank}.${index}`
