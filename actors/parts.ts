import type { AnyActorRef } from 'xstate'
import type { Membership, Rank } from '../machines/protocol/membership.ts'
import type { Message } from '../machines/protocol/messages.ts'
import type { StoreError } from '../storage/store.ts'
import { CatchUp } from './catch-up.ts'
import { Commits } from './commits.ts'
import { Counters } from './counters.ts'
import { Dispatch } from './dispatch.ts'
import { DurableProgress } from './durable-progress.ts'
import { Execution } from './execution.ts'
import { Instances } from './instances.ts'
import { Ledger } from './ledger.ts'
import { Links } from './links.ts'
import type { ReplicaOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import { Proposals } from './proposals.ts'
import { Proposer } from './proposer.ts'
import { TimerQueue } from './timers.ts'
import { Watch } from './watch.ts'

/** What the parts need of the replica that they are parts of. */
export interface PartsHooks {
  /** The parent of all instance actors. */
  readonly actor: AnyActorRef
  turn(run: () => void): void
  send(to: Rank, messages: readonly Message[]): void
  woken(lateMs: number): void
  storeFailed(error: StoreError): void
  heartbeat(): Message
}

/** The parts of one replica, and who is wired to whom. */
export class Parts {
  readonly peers: readonly Rank[]
  readonly counters = new Counters()
  readonly timers: TimerQueue
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Execution
  readonly progress: DurableProgress
  readonly links: Links
  readonly watch: Watch
  readonly catchUp: CatchUp
  readonly proposals: Proposals
  readonly commits: Commits
  readonly instances: Instances
  readonly proposer: Proposer
  readonly dispatch: Dispatch

  constructor(
    options: Omit<ReplicaOptions<never, unknown>, 'transport'>,
    membership: Membership,
    self: Rank,
    hooks: PartsHooks,
  ) {
    const { clock, limits, random, store, codec, tap } = options
    const { quorums } = membership
    const now = () => clock.now()
    const peers = membership.members.map((_, rank) => rank).filter(rank => rank !== self)
    this.peers = peers
    this.timers = new TimerQueue(clock, hooks.turn, lateMs => hooks.woken(lateMs))
    this.ledger = new Ledger(membership, (instance, payload) => this.execution.learnt(instance, payload))
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
      flushing: () => this.progress.flushing(),
      flushed: () => this.progress.flushed(),
      failed: hooks.storeFailed,
    })
    this.execution = new Execution({
      membership,
      stateMachine: options.stateMachine,
      codec,
      tap,
      executed: instance => {
        const entry = this.ledger.entry(instance)
        entry.executed = true
        this.progress.retire(entry)
      },
      // Rule 4.7: a new id, while this process still holds the requests.
      resubmit: proposals => this.proposals.addFirst(proposals),
    })
    this.progress = new DurableProgress({
      self,
      ledger: this.ledger,
      execution: this.execution,
      instances: () => this.instances,
    })
    this.links = new Links(self, quorums.n, now(), limits.suspicionMs, (rank, state) => {
      tap?.linkChanged?.(rank, state)
      if (state === 'suspected') this.watch.suspected(rank)
      if (state === 'live') this.watch.returned()
    })
    this.watch = new Watch(quorums.n, {
      self,
      ledger: this.ledger,
      timers: this.timers,
      limits,
      random,
      live: () => this.links.live(),
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
      now,
      say: (to, message) => this.outbox.say(to, message),
    })
    this.proposals = new Proposals(limits)
    this.commits = new Commits({
      self,
      peers,
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
      deliver: message => this.dispatch.deliver(self, message),
      committed: (entry, context) => this.commits.committed(entry, context),
      awaitFastPath: entry => this.proposer.awaitFastPath(entry),
      awaitMembers: (entry, waitedFor) => this.commits.awaitMembers(entry, waitedFor),
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
      sendHeartbeat: to => this.outbox.sayNow(to, hooks.heartbeat()),
      answeredAgain: entry => this.progress.retire(entry),
    })
  }
}
