import { type Actor, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { envelopes } from '../../machines/protocol/envelope.ts'
import { createMembership, type Membership, type Rank, rankOf } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { type ReplicaState, replicaMachine } from '../../machines/replica/machine.ts'
import type { ClientPeer, ClientPeerEvents } from '../../net/clients.ts'
import { type StoreContents, StoreError } from '../../storage/store.ts'
import { type Refusal, Sessions } from '../connections/sessions.ts'
import { proposalOf } from '../execution/parcel.ts'
import { Reception } from '../proposing/reception.ts'
import { PeerStores } from '../records/peer-stores.ts'
import { digestOf } from '../shared/digest.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import { ReplicaError } from '../shared/replica-error.ts'
import { Waiters } from '../shared/waiters.ts'
import { installSnapshot } from '../state/install-snapshot.ts'
import { SnapshotError } from '../state/snapshot-error.ts'
import { FlushTimes } from './flush-times.ts'
import { Heartbeat } from './heartbeat.ts'
import type { ReplicaOptions } from './options.ts'
import { Parts } from './parts.ts'
import { rebuild } from './rebuild.ts'
import { type ReplicaStanding, standingOf } from './standing.ts'
import type { ReplicaProgress, ReplicaStatus } from './status.ts'
import { Turns } from './turns.ts'

/** Beyond this a status tells no digest. */
const smallStateBytesMax = 8 * 1024 * 1024

/**
 * One replica: the actor that spawns an actor for each instance, and the parts around it. Everything happens in turns: a
 * frame, a timer, a client's requests or the end of a flush come in; statecharts decide; what they say and write is
 * gathered in the outbox; what is final is executed; then one transaction is begun and one frame leaves for each peer.
 */
export class Replica<C = unknown, R = unknown> {
  /** What commands and results are is for the state machine to know. */
  readonly #options: ReplicaOptions<unknown, unknown>
  readonly #membership: Membership
  readonly #self: Rank
  readonly #actor: Actor<typeof replicaMachine>
  readonly #turns: Turns
  readonly #sessions: Sessions
  readonly #parts: Parts
  readonly #startedMs: number
  readonly #reception: Reception
  readonly #heartbeat: Heartbeat
  readonly #flushTimes: FlushTimes
  readonly #waiters = new Waiters()
  #contents: StoreContents | undefined
  #peerStores: PeerStores | undefined
  #halted = false
  #drainedAt: number | undefined
  #isClosed = false

  constructor(options: ReplicaOptions<C, R>) {
    const { id, members, clock, limits, codec } = options
    this.#options = options as unknown as ReplicaOptions<unknown, unknown>
    this.#membership = createMembership(members)
    this.#self = rankOf(this.#membership, id)
    this.#turns = new Turns({
      defer: options.defer,
      finish: () => this.#finish(),
      failed: error => this.#fail(asError(error)),
      isHalted: () => this.#halted,
    })
    const turn = (run: () => void) => this.#turns.take(run)
    this.#startedMs = clock.now()
    this.#actor = createActor(compiled(this.#machine()), { id: `replica ${id}`, clock })

    this.#parts = new Parts(this.#options, this.#membership, this.#self, {
      actor: this.#actor,
      turn,
      send: (to, messages) => this.#send(to, messages),
      woken: lateMs => this.#woken(lateMs),
      votes: () => this.#votes,
      cluster: () => this.#cluster,
      failed: error => this.#fail(error),
      storeFailed: error => this.#storeFailed(error),
      heartbeat: () => this.#heartbeat.message(),
      propose: (envelope, own, settled) => this.#reception.proposeOwn(envelope, own, settled),
      snapshotCame: (donor, bytes) => this.#installSnapshot(donor, bytes),
    })
    this.#reception = new Reception(this.#options, this.#parts, () => this.state)
    this.#heartbeat = new Heartbeat({ limits, clock, parts: () => this.#parts, votes: () => this.#votes })
    this.#flushTimes = new FlushTimes({
      limits,
      timers: this.#parts.timers,
      outbox: () => this.#parts.outbox,
      proposals: () => this.#parts.proposals,
      turn,
      log: event => options.log?.(event),
    })
    this.#sessions = new Sessions({
      codec,
      limits,
      cluster: () => this.#cluster,
      member: id,
      members: this.#membership.members,
      random: options.random,
      look: (session, sequence, floor) => this.#parts.state.look(session, sequence, floor),
      inspect: payload => this.#reception.inspect(payload),
      query: payload => this.#reception.query(payload),
      inspectCommand: (command, bytes) => this.#reception.inspectCommand(command, bytes),
      propose: (proposals, refused) => this.#reception.take(proposals, refused),
      backups: this.#parts.backups,
      status: () => new TextEncoder().encode(JSON.stringify(this.status())),
      turn,
    })
    this.#actor.subscribe(snapshot => this.#stateChanged(snapshot.value as ReplicaState))
  }

  /** Opens the store, rebuilds what the replica knew, and begins to vote. Once. */
  start(): Promise<void> {
    this.#actor.start()
    this.#options.store.open((error, contents) => {
      if (error !== null) this.#fail(error)
      else if (contents !== undefined) this.#opened(contents)
    })
    return this.#until(state => state === 'voting')
  }

  /**
   * Proposes a command; its result, once it is executed here.
   * @throws ReplicaError: any code but `unknown` means that it was not, and will not be, proposed
   */
  propose(command: C): Promise<R> {
    return new Promise((resolve, reject) => {
      const refuse = ({ code, reason }: Refusal) => reject(new ReplicaError(code, reason))
      const { codec } = this.#options
      const found = this.#reception.inspect(codec.encodeData(command))
      if ('code' in found) {
        refuse(found)
        return
      }
      this.#turns.take(() => {
        const envelope = envelopes.command(found.command)
        const parcel = { payload: encodeEnvelope(codec, envelope, found.payload), envelope }
        const proposal = proposalOf(parcel, found.footprint, {
          dropped: reason => refuse({ code: 'notReady', reason }),
          // Without a session nothing but its result can come of it.
          executed: outcome => resolve(('result' in outcome ? outcome.result : undefined) as R),
          abandoned: () =>
            reject(
              new ReplicaError('unknown', 'the replica ended while the command was under way: it may be executed'),
            ),
        })
        this.#reception.take([proposal], (_, refusal) => refuse(refusal))
      })
    })
  }

  /**
   * The result of a command that only reads, from the state of this replica as it is now: without a word to the others, and
   * so perhaps older than what is acknowledged elsewhere. `propose` reads what is current.
   * @throws ReplicaError `notReady`, `notReadOnly`, `tooLarge`, `malformed`
   */
  query(command: C): R {
    const answer = this.#reception.query(this.#options.codec.encodeData(command))
    if ('code' in answer) throw new ReplicaError(answer.code, answer.reason)
    return answer.result as R
  }

  /** The handler of a client's connection, for ClientListener.start. */
  connected(client: ClientPeer): ClientPeerEvents {
    return this.#sessions.connected(client)
  }

  /** Takes nothing new, finishes what is in flight, writes a snapshot, and stops. */
  drain(): Promise<void> {
    this.#turns.take(() => this.#actor.send({ type: 'drain' }))
    return this.#ended()
  }

  /** Stops at once. What is in flight stays with the others, and on disk as far as it was written. */
  stop(): Promise<void> {
    this.#turns.take(() => this.#actor.send({ type: 'stop' }))
    return this.#ended()
  }

  get state(): ReplicaState {
    return this.#actor.getSnapshot().value as ReplicaState
  }

  /** The statechart of the replica, for inspection. */
  get actor(): Actor<typeof replicaMachine> {
    return this.#actor
  }

  /** How far this replica has come: the part of its status that costs nothing. */
  progress(): ReplicaProgress {
    return {
      executed: this.#parts.execution.count,
      pending: this.#parts.execution.pending,
      uncommitted: this.#parts.watch.size,
      executedPrefix: this.#parts.execution.prefix,
      known: this.#parts.ledger.known,
    }
  }

  /** A hash of the whole state of the state machine, as it is now: it is encoded for it. Equal states have equal ones. */
  digest(): string {
    return digestOf(this.#options.stateMachine.snapshot())
  }

  /** The state can be encoded without anybody noticing; before the first snapshot little was executed. */
  get #isSmall(): boolean {
    return (this.#parts.snapshots.latest?.bytes.length ?? 0) < smallStateBytesMax
  }

  status(): ReplicaStatus {
    const { members, epoch } = this.#membership
    const { error } = this.#actor.getSnapshot().context
    return {
      member: this.#options.id,
      members,
      cluster: this.#cluster,
      epoch,
      state: this.state,
      error: error?.message,
      disk: this.#parts.outbox.hasRoom ? 'ok' : 'full',
      upMs: Math.round(this.#options.clock.now() - this.#startedMs),
      commandsExecuted: this.#parts.execution.commands,
      ...this.progress(),
      actors: this.#parts.instances.live,
      queued: this.#parts.proposals.length,
      clients: this.#sessions.size,
      lag: this.#parts.catchUp.lag,
      snapshot: this.#parts.snapshots.summary,
      snapshotTransfer: this.#parts.transfer.progress,
      records: this.#parts.ledger.size,
      floor: this.#parts.ledger.floor,
      restartBarrier: this.#parts.barrier.top,
      indexKeys: this.#parts.ledger.indexKeys,
      sessions: this.#parts.state.clients.size,
      links: Object.fromEntries(this.#parts.peers.map(rank => [members[rank]!, this.#parts.links.state(rank)])),
      compared: this.#parts.comparison.latest,
      digest: this.#isSmall ? this.digest() : undefined,
      flushes: this.#parts.flushDurations.status(),
      runtime: this.#options.runtime?.(),
      ...this.#parts.counters,
    }
  }

  /** What is under way here, for whoever begins to look. @param unfinishedMax instances that are told of, the oldest first */
  standing(unfinishedMax: number): ReplicaStanding {
    return standingOf(this.#parts, this.state, unfinishedMax)
  }

  /** The end of a turn: all that follows from its work, one transaction, one frame a peer. */
  #finish(): void {
    do {
      this.#parts.execution.run()
      this.#proposeAll()
    } while (this.#parts.outbox.settle() && !this.#halted)
    if (this.#votes) this.#parts.truncation.sometimes()
    this.#parts.outbox.endTurn()
    if (this.#parts.outbox.isClean) this.#parts.progress.allDurable()
    this.#flushTimes.turnEnded()
    this.#sessions.endTurn()
    if (this.state === 'draining') this.#drainFurther()
  }

  /**
   * Commands that come while a flush is in flight wait, and go out as one instance when it ends. They wait too while too few
   * are heard of to decide anything: the others would make Nops of them, one after the other.
   */
  #proposeAll(): void {
    if (!this.#votes || this.#parts.outbox.isFlushing || !this.#parts.links.hearsQuorum) return
    while (this.#parts.proposer.proposeNext());
  }

  /** Its name; '' before the store is read. */
  get #cluster(): string {
    return this.#contents?.owner.cluster ?? ''
  }

  get #votes(): boolean {
    return this.#actor.getSnapshot().hasTag('votes')
  }

  // ---- life

  #machine() {
    return replicaMachine.provide({
      actions: {
        rebuild: () => {
          try {
            this.#rebuild()
          } catch (error) {
            this.#fail(asError(error))
          }
        },
        beginVoting: () => this.#beginVoting(),
        route: ({ event }) => {
          if (event.type !== 'frame') return
          try {
            this.#parts.dispatch.route(event.from, this.#bearable(event.messages))
          } catch (error) {
            // Thrown further it would end the actor, and the replica would go on as if it lived.
            this.#fail(asError(error))
          }
        },
        beginDraining: () => this.#beginDraining(),
        halt: () => this.#halt(),
      },
    })
  }

  /** Messages may be lost (section 7): what finds no room on disk is not gathered in memory without end. */
  #bearable(messages: readonly Message[]): readonly Message[] {
    const { outbox } = this.#parts
    if (outbox.hasRoom || outbox.backlog < this.#options.limits.unwrittenMax) return messages
    return messages.filter(({ type }) => type === 'heartbeat')
  }

  #opened(contents: StoreContents): void {
    const { id, members } = this.#options
    const { owner } = contents
    if (owner.member !== id || owner.members.join() !== this.#membership.members.join()) {
      this.#fail(
        new ReplicaError(
          'wrongStore',
          `the store belongs to member ${owner.member} of ${owner.members.join(', ')}; expected member ${id} of ${members.join(', ')}`,
        ),
      )
      return
    }
    this.#contents = contents
    this.#peerStores = new PeerStores(contents.peers, this.#parts.outbox)
    this.#turns.take(() => this.#actor.send({ type: 'opened' }))
  }

  #rebuild(): void {
    const contents = this.#contents!
    const { codec } = this.#options
    const { ledger, execution, snapshots, reservation, barrier } = this.#parts
    const dependedOn = rebuild(contents, { codec, ledger, execution, snapshots })
    reservation.restored(contents.reserved)
    barrier.raise(contents.reserved)
    this.#parts.dispatch.heardOfAll(dependedOn)
    this.#parts.truncation.resume()
    this.#parts.execution.run()
    this.#parts.progress.allDurable()
    this.#actor.send({ type: 'rebuilt' })
  }

  #beginVoting(): void {
    const { owner } = this.#contents!
    const { transport, id } = this.#options
    const { members, epoch } = this.#membership
    transport.start(
      { cluster: owner.cluster, epoch, member: id, members, storeIdentity: owner.storeIdentity },
      {
        frame: (from, messages) =>
          this.#turns.take(() => this.#actor.send({ type: 'frame', from: rankOf(this.#membership, from), messages })),
        greeted: (peer, storeIdentity, decide) =>
          this.#turns.take(() => this.#peerStores!.greeted(peer, storeIdentity, decide)),
        linkUp: () => this.#turns.take(() => this.#heartbeat.tellAll()),
        linkDown: (peer, reason, detail) =>
          this.#turns.take(() => {
            if (reason === 'refused') this.#parts.links.refused(rankOf(this.#membership, peer))
            if (reason === 'rejected') this.#options.log?.({ code: 'peerRefused', peer, detail })
          }),
        failed: error => this.#fail(error),
      },
    )
    this.#parts.links.restartSuspicion(this.#options.clock.now())
    for (const entry of this.#parts.ledger.uncommitted()) {
      this.#parts.watch.resume(entry.id.rank, entry.id.index)
      if (entry.id.rank === this.#self) this.#parts.instances.send(entry, { type: 'resume' })
    }
    this.#parts.barrier.hasten()
    this.#heartbeat.beat()
  }

  /** Whoever stood still for more than half the suspicion time blames nobody for its own silence (section 4). */
  #woken(lateMs: number): void {
    const { limits, clock } = this.#options
    if (lateMs > limits.suspicionMs / 2) this.#parts.links.restartSuspicion(clock.now())
  }

  #beginDraining(): void {
    this.#sessions.drain()
    this.#drainedAt = this.#options.clock.now() + this.#options.limits.drainMaxMs
    this.#parts.timers.set(this.#options.limits.drainMaxMs, () => this.#actor.send({ type: 'drained' }))
  }

  #drainFurther(): void {
    const isIdle =
      this.#parts.proposals.length === 0 && this.#parts.proposals.inFlight === 0 && this.#parts.execution.owed === 0
    if (!isIdle || this.#drainedAt === undefined) return
    this.#drainedAt = undefined
    this.#parts.reservation.release(this.#parts.barrier.top)
    this.#parts.truncation.now()
    this.#parts.outbox.whenDurable(() => {
      this.#heartbeat.tellThatItLeaves()
      this.#actor.send({ type: 'drained' })
    })
    this.#parts.outbox.endTurn()
  }

  #halt(): void {
    if (this.#halted) return
    this.#halted = true
    this.#parts.outbox.sendFrames()
    this.#parts.outbox.stop()
    this.#parts.timers.stop()
    this.#parts.links.stop()
    this.#parts.proposals.drop('this replica has stopped')
    // What is known leaves before a connection ends for what is not.
    this.#sessions.endTurn()
    for (const proposal of this.#parts.execution.abandon()) proposal.abandoned()
    this.#sessions.close('this replica has stopped')
    this.#options.transport.stop(() => this.#options.store.close(() => this.#closed()))
  }

  #closed(): void {
    this.#isClosed = true
    this.#waiters.look()
  }

  #fail(error: Error): void {
    this.#parts.outbox.stop()
    // Before it votes, `start` says what is wrong.
    if (this.#votes) this.#options.log?.({ code: 'stopping', error })
    this.#actor.send({ type: 'fail', error })
  }

  #storeFailed(error: StoreError): void {
    if (error instanceof StoreError && error.code === 'storeFull') this.#flushTimes.full(error)
    else this.#fail(error)
  }

  #stateChanged(state: ReplicaState): void {
    this.#options.tap?.stateChanged?.(state, this.#actor.getSnapshot().context.error)
    this.#waiters.look()
  }

  #until(isMet: (state: ReplicaState) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add(
        () => isMet(this.state) || this.#isClosed,
        () => {
          if (isMet(this.state)) resolve()
          else {
            const { error } = this.#actor.getSnapshot().context
            reject(error ?? new ReplicaError('notReady', `the replica is ${this.state}`))
          }
        },
      )
    })
  }

  #ended(): Promise<void> {
    return new Promise(resolve => this.#waiters.add(() => this.#isClosed, resolve))
  }

  #send(to: Rank, messages: readonly Message[]): void {
    const { tap, transport } = this.#options
    if (tap?.sent !== undefined) for (const message of messages) tap.sent(to, message)
    transport.send(this.#membership.members[to]!, messages)
  }

  /** Section 8: what was missed too long ago to be fetched one by one comes as a whole. */
  #installSnapshot(donor: Rank, bytes: Uint8Array): void {
    const { catchUp, truncation, execution, counters } = this.#parts
    const { tap } = this.#options
    try {
      installSnapshot(bytes, donor, this.#parts)
      counters.snapshotsInstalled++
      // What was executed here alone first: the snapshot that follows stands no lower than what was let go here.
      execution.run()
      truncation.now()
      tap?.snapshotCame?.(donor, true)
      this.#options.log?.({ code: 'snapshotInstalled', donor: this.#membership.members[donor]!, bytes: bytes.length })
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error
      catchUp.didNotHelp(donor)
      tap?.snapshotCame?.(donor, false)
      this.#options.log?.({ code: 'snapshotUseless', donor: this.#membership.members[donor]!, error })
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
