import { type Actor, createActor } from 'xstate'
import { type LinkState, linkMachine } from '../../machines/link/machine.ts'
import { type Dependencies, noDependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { RaisedFloor } from '../../machines/protocol/truncation.ts'

interface Link {
  readonly rank: Rank
  readonly actor: Actor<typeof linkMachine>
  lastHeardMs: number
  /** Vector of its last heartbeat. */
  known: Dependencies | undefined
  executed: Dependencies | undefined
  raised: RaisedFloor | undefined
  busy: boolean
  slow: boolean
}

/** A change of the state of a link. */
export interface LinkChange {
  readonly rank: Rank
  readonly state: LinkState
}

/** The links of one replica to its peers: which of them are live, and how far each of them is. */
export class Links {
  readonly #links: ReadonlyMap<Rank, Link>
  readonly #self: Rank
  readonly #suspicionMs: number
  readonly #quorums: Quorums
  #barriers: Dependencies

  constructor(self: Rank, quorums: Quorums, nowMs: number, suspicionMs: number) {
    this.#self = self
    this.#suspicionMs = suspicionMs
    this.#quorums = quorums
    this.#barriers = noDependencies(quorums.n)
    this.#links = new Map(
      Array.from({ length: quorums.n }, (_, rank) => rank)
        .filter(rank => rank !== self)
        .map(rank => {
          const actor = createActor(linkMachine)
          actor.start()
          const unheard = { known: undefined, executed: undefined, raised: undefined, busy: false, slow: false }
          return [rank, { rank, actor, lastHeardMs: nowMs, ...unheard }]
        }),
    )
  }

  /** Notes that a peer was heard. Any frame says that its process runs. */
  heard(rank: Rank, nowMs: number): void {
    this.#of(rank).lastHeardMs = nowMs
  }

  heartbeat(rank: Rank, message: MessageOf<'heartbeat'>): readonly LinkChange[] {
    const { known, executed, canVote, inStep, raised, raisedFrom } = message
    const { barrier = 0, mute = false, busy = false, slow = false } = message
    const link = this.#of(rank)
    link.known = known
    link.executed = executed
    link.raised = { floor: raised, from: raisedFrom }
    link.busy = busy
    link.slow = slow
    if (this.#barriers[rank] !== barrier) this.#barriers = this.#barriers.with(rank, barrier)
    // The usual heartbeat changes nothing, and does not go through the statechart.
    const able = canVote && inStep
    return able && !mute && this.state(rank) === 'live' ? [] : this.#send(link, { type: 'heartbeat', able, mute })
  }

  refused(rank: Rank): readonly LinkChange[] {
    return this.#send(this.#of(rank), { type: 'refused' })
  }

  /** Suspects the peers that were not heard for the suspicion time. */
  suspectSilent(nowMs: number): readonly LinkChange[] {
    return [...this.#links.values()]
      .filter(link => nowMs - link.lastHeardMs > this.#suspicionMs)
      .flatMap(link => this.#send(link, { type: 'silent' }))
  }

  /** Restarts the suspicion time of all peers, after this replica itself stood still and could hear none of them. */
  restartSuspicion(nowMs: number): void {
    for (const link of this.#links.values()) link.lastHeardMs = nowMs
  }

  state(rank: Rank): LinkState {
    return this.#of(rank).actor.getSnapshot().value as LinkState
  }

  /** The live replicas in order of rank: heard, able to vote and in step; this replica among them. */
  live(): readonly Rank[] {
    const ranks = [this.#self]
    for (const link of this.#links.values()) if (link.actor.getSnapshot().hasTag('live')) ranks.push(link.rank)
    return ranks.sort((a, b) => a - b)
  }

  /**
   * Whether this replica hears a quorum of replicas that are not mute, so that it can decide something. A replica that
   * hears fewer could lead no recovery, though its heartbeats arrive: the others do not ask it (section 4, *Live*; L4).
   * That it hears too few makes no replica mute, or all would wait for each other.
   */
  get hearsQuorum(): boolean {
    let heard = 1
    for (const rank of this.#links.keys()) if (!this.#isDown(rank)) heard++
    return heard >= this.#quorums.slow
  }

  /** Whether the peer was heard within the suspicion time. */
  hears(rank: Rank): boolean {
    const state = this.state(rank)
    return state === 'live' || state === 'unable' || state === 'mute'
  }

  /** Replicas believed down, by rank, as bits: suspected, or mute. Nothing waits for them. */
  down(): number {
    let bits = 0
    for (const rank of this.#links.keys()) if (this.#isDown(rank)) bits |= 1 << rank
    return bits
  }

  /** Replicas that say that no vote of them leaves, by rank, as bits. Nothing is asked of them (section 4, *Mute*). */
  mute(): number {
    let bits = 0
    for (const rank of this.#links.keys()) if (this.state(rank) === 'mute') bits |= 1 << rank
    return bits
  }

  /** Per row, the restart barrier that the peer has announced; 0 for none (section 6). */
  get barriers(): Dependencies {
    return this.#barriers
  }

  /** The progress of a peer by its last heartbeat. */
  progress(rank: Rank): Pick<Link, 'known' | 'executed' | 'raised'> {
    return this.#of(rank)
  }

  /** Whether the peer writes or reads a checkpoint, by its last heartbeat (rule 8.13). */
  busy(rank: Rank): boolean {
    return this.#of(rank).busy
  }

  /** Whether flushes of the peer are slow, by its last heartbeat (section 4, *Slow flushes*). */
  slow(rank: Rank): boolean {
    return this.#of(rank).slow
  }

  get peers(): readonly Rank[] {
    return [...this.#links.keys()]
  }

  stop(): void {
    for (const link of this.#links.values()) link.actor.stop()
  }

  #isDown(rank: Rank): boolean {
    const state = this.state(rank)
    return state === 'suspected' || state === 'mute'
  }

  #send(link: Link, event: Parameters<Actor<typeof linkMachine>['send']>[0]): readonly LinkChange[] {
    const before = this.state(link.rank)
    link.actor.send(event)
    const after = this.state(link.rank)
    return after === before ? [] : [{ rank: link.rank, state: after }]
  }

  #of(rank: Rank): Link {
    const link = this.#links.get(rank)
    if (link === undefined) throw new RangeError(`rank ${rank} is no peer`)
    return link
  }
}
