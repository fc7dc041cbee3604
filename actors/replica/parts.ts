import type { AnyActorRef } from 'xstate'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, envelopes, noFootprint } from '../../machines/protocol/envelope.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import type { Codec } from '../../net/codec.ts'
import type { StoreError } from '../../storage/store.ts'
import { Comparison } from '../execution/comparison.ts'
import { DueCommands } from '../execution/due-commands.ts'
import { Execution } from '../execution/execution.ts'
import { ReplicatedState } from '../execution/replicated-state.ts'
import { SessionExpiry } from '../execution/session-expiry.ts'
import { Commits } from '../instances/commits.ts'
import { DurableProgress } from '../instances/durable-progress.ts'
import { Instances } from '../instances/instances.ts'
import { Watch } from '../instances/watch.ts'
import { Isolation } from '../proposing/isolation.ts'
import { Proposals } from '../proposing/proposals.ts'
import { Proposer } from '../proposing/proposer.ts'
import { Reservation } from '../proposing/reservation.ts'
import { RestartBarrier } from '../proposing/restart-barrier.ts'
import { FlushDurations } from '../records/flush-durations.ts'
import { Ledger } from '../records/ledger.ts'
import { Links } from '../records/links.ts'
import { Outbox } from '../records/outbox.ts'
import { Counters } from '../shared/counters.ts'
import { digestOf } from '../shared/digest.ts'
import { TimerQueue } from '../shared/timers.ts'
import { encodeBackup } from '../state/backup-file.ts'
import { Backups } from '../state/backups.ts'
import { CatchUp } from '../state/catch-up.ts'
import { SnapshotTransfer } from '../state/snapshot-transfer.ts'
import { Snapshots } from '../state/snapshots.ts'
import { Truncation } from '../state/truncation.ts'
import { Dispatch } from './dispatch.ts'
import type { ReplicaOptions } from './options.ts'

/** What the parts need of the replica that they are parts of. */
export interface PartsHooks {
  /** The parent of all instance actors. */
  readonly actor: AnyActorRef
  turn(run: () => void): void
  send(to: Rank, messages: readonly Message[]): void
  woken(lateMs: number): void
  votes(): boolean
  /** The cluster's name. */
  cluster(): string
  /** The replica cannot go on. */
  failed(error: Error): void
  storeFailed(error: StoreError): void
  heartbeat(): Message
  /**
   * Proposes a command of this replica's own.
   * @param own what it touches beside sessions
   * @param settled it was executed, or never will be
   */
  propose(envelope: Envelope, own: Footprint, settled: () => void): void
  /** A snapshot of another replica is here. */
  snapshotCame(donor: Rank, bytes: Uint8Array): void
}

/** The parts of one replica, and who is wired to whom. */
export class Parts {
  readonly self: Rank
  readonly codec: Codec
  readonly peers: readonly Rank[]
  readonly counters = new Counters()
  readonly timers: TimerQueue
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly flushDurations: FlushDurations
  readonly state: ReplicatedState
  readonly expiry: SessionExpiry
  readonly dueCommands: DueCommands
  readonly execution: Execution
  readonly comparison: Comparison
  readonly backups: Backups
  readonly progress: DurableProgress
  readonly links: Links
  readonly watch: Watch
  readonly catchUp: CatchUp
  readonly snapshots: Snapshots
  readonly transfer: SnapshotTransfer
  readonly truncation: Truncation
  readonly reservation: Reservation
  readonly barrier: RestartBarrier
  readonly proposals: Proposals
  readonly isolation: Isolation
  readonly commits: Commits
  readonly instances: Instances
  readonly proposer: Proposer
  readonly dispatch: Dispatch

  constructor(
    options: Omit<ReplicaOptions<unknown, unknown>, 'transport'>,
    membership: Membership,
    self: Rank,
    hooks: PartsHooks,
  ) {
    const { clock, limits, random, store, codec, stateMachine, tap } = options
    const { quorums } = membership
    const now = () => clock.now()
    const { wallClock = now } = options
    const peers = membership.members.map((_, rank) => rank).filter(rank => rank !== self)
    this.self = self
    this.codec = codec
    this.peers = peers
    this.timers = new TimerQueue(clock, hooks.turn, lateMs => hooks.woken(lateMs))
    this.ledger = new Ledger(membership, (instance, payload) => this.execution.learnt(instance, payload))
    this.flushDurations = new FlushDurations(now)
    this.outbox = new Outbox({
      self,
      n: quorums.n,
      store,
      codec,
      turn: hooks.turn,
      send: hooks.send,
      deliver: message => {
        tap?.sent?.(self, message)
        this.dispatch.deliver(self, message)
      },
      flushing: records => {
        this.flushDurations.began()
        tap?.flushBegan?.(records)
        this.progress.flushing()
      },
      ended: error => {
        this.flushDurations.ended(error === undefined)
        tap?.flushEnded?.(error)
      },
      flushed: () => this.progress.flushed(),
      failed: hooks.storeFailed,
    })
    this.state = new ReplicatedState(stateMachine, codec, session => this.expiry.used(session))
    this.expiry = new SessionExpiry({
      limits,
      rank: self,
      clients: () => this.state.clients,
      now,
      // Whoever comes back to it hears of it then.
      propose: (session, last) => hooks.propose(envelopes.expire(session, last), noFootprint, () => undefined),
    })
    this.dueCommands = new DueCommands({
      stateMachine,
      limits,
      place: () => this.links.live().indexOf(self),
      wallClock,
      propose: (command, settled) =>
        hooks.propose(envelopes.command(command), stateMachine.footprint(command), settled),
    })
    this.execution = new Execution({
      membership,
      state: this.state,
      tap,
      executed: instance => {
        const entry = this.ledger.entry(instance)
        this.ledger.executed(entry)
        this.progress.retire(entry)
      },
      reached: point => this.comparison.reached(point),
      // Rule 4.7: a new id, while this process still holds the requests.
      resubmit: proposals => this.proposals.addFirst(proposals),
    })
    this.progress = new DurableProgress({
      self,
      ledger: this.ledger,
      execution: this.execution,
      instances: () => this.instances,
    })
    this.links = new Links(self, quorums, now(), limits.suspicionMs, (rank, state) => {
      tap?.linkChanged?.(rank, state)
      if (state === 'suspected' || state === 'unable') this.watch.suspected(rank)
      if (state !== 'live') return
      this.watch.returned(rank)
      this.barrier.hasten()
    })
    this.comparison = new Comparison({
      self,
      membership,
      limits,
      links: this.links,
      now,
      votes: hooks.votes,
      digest: () => digestOf(this.state.snapshot()),
      say: (to, message) => this.outbox.say(to, message),
      propose: settled => hooks.propose(envelopes.point(), noFootprint, settled),
      log: event => options.log?.(event),
      diverged: hooks.failed,
    })
    this.backups = new Backups(limits, now, () =>
      encodeBackup(
        {
          cluster: hooks.cluster(),
          member: membership.members[self]!,
          takenMs: Math.round(wallClock()),
          commands: this.execution.commands,
          state: this.state.snapshot(),
        },
        codec,
      ),
    )
    this.watch = new Watch(quorums.n, {
      self,
      ledger: this.ledger,
      timers: this.timers,
      limits,
      random,
      tap,
      live: () => this.links.live(),
      hearsQuorum: () => this.links.hearsQuorum,
      isFetchable: (rank, index) => this.catchUp.isFetchable(rank, index),
      act: (entry, event) => {
        if (event.type === 'startRecovery') this.counters.recoveries++
        this.instances.send(entry, event)
      },
      ask: (leader, { id: instance }) => this.outbox.say(leader, { type: 'tryRecover', id: instance }),
    })
    this.catchUp = new CatchUp({
      ledger: this.ledger,
      links: this.links,
      limits,
      counters: this.counters,
      now,
      say: (to, message) => this.outbox.say(to, message),
      fetchSnapshot: donor => this.transfer.begin(donor),
    })
    this.snapshots = new Snapshots({ codec, ledger: this.ledger, execution: this.execution, now })
    this.transfer = new SnapshotTransfer({
      limits,
      now,
      say: (to, message) => this.outbox.say(to, message),
      latest: () => this.snapshots.transferable,
      complete: hooks.snapshotCame,
      log: event => options.log?.(event),
      gaveUp: donor => this.catchUp.didNotHelp(donor),
    })
    this.truncation = new Truncation({
      self,
      limits,
      ledger: this.ledger,
      links: this.links,
      outbox: this.outbox,
      execution: this.execution,
      progress: this.progress,
      snapshots: this.snapshots,
      propose: (floor, settled) => hooks.propose(envelopes.truncate(floor), noFootprint, settled),
      truncated: floor => {
        this.ledger.truncate(floor, entry => this.instances.forget(entry))
        this.commits.truncated(floor)
        tap?.truncated?.(1, floor)
      },
      evicted: floor => tap?.truncated?.(2, floor),
    })
    this.reservation = new Reservation(limits, this.outbox)
    this.barrier = new RestartBarrier({ self, ledger: this.ledger, links: this.links, watch: this.watch })
    this.proposals = new Proposals(limits)
    this.isolation = new Isolation({ limits, links: this.links, proposals: this.proposals, now })
    this.commits = new Commits({
      self,
      peers,
      limits,
      ledger: this.ledger,
      outbox: this.outbox,
      execution: this.execution,
      watch: this.watch,
      proposer: () => this.proposer,
      instances: () => this.instances,
      counters: this.counters,
      tap,
      heardOfAll: dep => this.dispatch.heardOfAll(dep),
    })
    this.instances = new Instances(hooks.actor, {
      self,
      quorums,
      ledger: this.ledger,
      outbox: this.outbox,
      tap,
      foldCommand: codec.foldCommand,
      deliver: message => this.dispatch.deliver(self, message),
      committed: (entry, context) => this.commits.committed(entry, context),
      told: context => this.commits.told(context),
      isReserved: index => this.reservation.covers(index),
      isAwaited: (index, rank) => this.proposer.isAwaited(index, rank),
      awaitedForAccept: () => this.proposer.awaitedForAccept(),
      awaitFastPath: (entry, attempt, initDep) => this.proposer.awaitFastPath(entry, attempt, initDep),
      awaitMembers: (entry, waitedFor, candidate) => this.commits.awaitMembers(entry, waitedFor, candidate),
    })
    this.proposer = new Proposer({
      self,
      limits,
      ledger: this.ledger,
      proposals: this.proposals,
      execution: this.execution,
      instances: this.instances,
      watch: this.watch,
      timers: this.timers,
      reservation: this.reservation,
      raised: () => greatest(this.snapshots.raised.floor, this.links.barriers),
      down: () => this.links.down(),
    })
    this.dispatch = new Dispatch({
      self,
      limits,
      ledger: this.ledger,
      links: this.links,
      instances: this.instances,
      commits: this.commits,
      watch: this.watch,
      catchUp: this.catchUp,
      proposer: this.proposer,
      counters: this.counters,
      tap,
      now,
      transfer: this.transfer,
      comparison: this.comparison,
      say: (to, message) => this.outbox.say(to, message),
      sendHeartbeat: to => this.outbox.sayNow(to, hooks.heartbeat()),
      answeredAgain: entry => this.progress.retire(entry),
    })
  }
}
