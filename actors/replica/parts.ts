import type { AnyActorRef } from 'xstate'
import type { Circumstances } from '../../machines/protocol/addressing.ts'
import { envelopes, noFootprint } from '../../machines/protocol/envelope.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import { StoreError } from '../../storage/store.ts'
import { Sessions } from '../connections/sessions.ts'
import { Comparison } from '../execution/comparison.ts'
import { DueCommands } from '../execution/due-commands.ts'
import { Execution } from '../execution/execution.ts'
import { ReplicatedState } from '../execution/replicated-state.ts'
import { SessionExpiry, SessionUse } from '../execution/session-expiry.ts'
import { Admission } from '../instances/admission.ts'
import { Commits } from '../instances/commits.ts'
import { DurableProgress } from '../instances/durable-progress.ts'
import { Heard } from '../instances/heard.ts'
import { Instances } from '../instances/instances.ts'
import { OwnInstances } from '../instances/own-instances.ts'
import { Reservation } from '../instances/reservation.ts'
import { RestartBarrier } from '../instances/restart-barrier.ts'
import { Stepper } from '../instances/stepper.ts'
import { Suspicion } from '../instances/suspicion.ts'
import { Watch } from '../instances/watch.ts'
import { type Batch, commandsOf } from '../proposing/batch.ts'
import { Gate } from '../proposing/gate.ts'
import { Isolation } from '../proposing/isolation.ts'
import { Pace } from '../proposing/pace.ts'
import { Proposals } from '../proposing/proposals.ts'
import { Proposer } from '../proposing/proposer.ts'
import { Reception } from '../proposing/reception.ts'
import { Donors } from '../records/donors.ts'
import { FlushDurations } from '../records/flush-durations.ts'
import { Ledger } from '../records/ledger.ts'
import { Links } from '../records/links.ts'
import { Outbox } from '../records/outbox.ts'
import { Retirement } from '../records/retirement.ts'
import type { Component } from '../shared/component.ts'
import { Counters } from '../shared/counters.ts'
import { digestOf } from '../shared/digest.ts'
import type { Life } from '../shared/life.ts'
import { TimerQueue } from '../shared/timers.ts'
import { encodeBackup } from '../state/backup-file.ts'
import { Backups } from '../state/backups.ts'
import { CatchUp } from '../state/catch-up.ts'
import { Installer } from '../state/installer.ts'
import { SnapshotTransfer } from '../state/snapshot-transfer.ts'
import { Snapshots } from '../state/snapshots.ts'
import { Truncation } from '../state/truncation.ts'
import { Dispatch } from './dispatch.ts'
import { FlushTimes } from './flush-times.ts'
import { Flushes } from './flushes.ts'
import { Heartbeat } from './heartbeat.ts'
import type { ReplicaOptions } from './options.ts'
import { Resumption } from './resumption.ts'
import { StatusReport } from './status-report.ts'

/** What the parts are given of the replica that they are parts of, and of the world outside. */
export interface Doors {
  readonly options: ReplicaOptions<unknown, unknown>
  readonly membership: Membership
  readonly self: Rank
  readonly life: Life
  /** The replica's statechart: the parent of all instance actors. */
  readonly actor: AnyActorRef
  /** Whatever comes from outside is taken in so. */
  turn(run: () => void): void
  /** One frame to a peer. */
  send(to: Rank, messages: readonly Message[]): void
  /** The replica cannot go on. */
  failed(error: Error): void
}

/**
 * The parts of one replica, and who knows whom. A part is given those that stand before it, and none that stands after it, but
 * for two pairs that are named where they are made.
 */
export type Parts = ReturnType<typeof wireParts>

export function wireParts(doors: Doors) {
  const records = wireRecords(doors)
  const execution = wireExecution(doors, records)
  const instances = wireInstances(doors, { ...records, ...execution })
  const proposing = wireProposing(doors, { ...records, ...execution, ...instances })
  return {
    ...records,
    ...execution,
    ...instances,
    ...proposing,
    ...wireReplica(doors, { ...records, ...execution, ...instances, ...proposing }),
  }
}

/** What is known and what is to be said: records, links to the peers, the outbox. */
function wireRecords({ options, membership, self, life, turn }: Doors) {
  const { clock, limits, codec } = options
  const now = () => clock.now()
  const counters = new Counters()
  const ledger = new Ledger(membership)
  const links = new Links(self, membership.quorums, now(), limits.suspicionMs)
  // Whoever stood still for more than half the suspicion time blames nobody for its own silence (section 4).
  const timers = new TimerQueue(clock, turn, lateMs => {
    if (lateMs > limits.suspicionMs / 2) links.restartSuspicion(now())
  })
  const donors = new Donors(links)
  const outbox = new Outbox({ self, n: membership.quorums.n, codec })
  const durations = new FlushDurations(now)
  const retirement = new Retirement()
  return { life, counters, ledger, links, timers, donors, outbox, durations, retirement }
}
type Records = ReturnType<typeof wireRecords>

/** What is taken in, what is executed, and what this replica wants executed itself. */
function wireExecution(
  { options, membership, self, turn }: Doors,
  { life, ledger, links, outbox, retirement }: Records,
) {
  const { clock, limits, codec, stateMachine, tap, wallClock = () => clock.now() } = options
  const now = () => clock.now()
  const use = new SessionUse(now)
  const state = new ReplicatedState(stateMachine, codec, session => use.used(session))
  const proposals = new Proposals(limits)
  const isolation = new Isolation({ limits, links, proposals, now })
  const nowMs = wallClock
  const reception = new Reception({
    stateMachine,
    codec,
    limits,
    nowMs,
    life,
    isolation,
    outbox,
    proposals,
    state,
    turn,
  })
  const expiry = new SessionExpiry({
    limits,
    rank: self,
    clients: state.clients,
    use,
    now,
    // Whoever comes back to it hears of it then.
    propose: (session, last) => reception.proposeOwn(envelopes.expire(session, last), noFootprint, () => undefined),
  })
  const dueCommands = new DueCommands({
    stateMachine,
    limits,
    place: () => links.live().indexOf(self),
    wallClock,
    propose: (command, settled) =>
      reception.proposeOwn(envelopes.command(command), stateMachine.footprint(command), settled),
  })
  const comparison = new Comparison({
    self,
    membership,
    limits,
    links,
    now,
    life,
    digest: () => digestOf(state.snapshot()),
    say: (to, message) => outbox.say(to, message),
    propose: settled => reception.proposeOwn(envelopes.point(), noFootprint, settled),
    log: line => options.log?.(line),
  })
  const execution = new Execution({ membership, state, tap, ledger, retirement, comparison })
  return { state, proposals, isolation, reception, expiry, dueCommands, comparison, execution }
}
type Executing = ReturnType<typeof wireExecution>

/** Instances, from the message to the commit. */
function wireInstances(
  { options, membership, self, actor }: Doors,
  { ledger, links, timers, donors, outbox, retirement, counters, proposals, execution }: Records & Executing,
) {
  const { clock, limits, random, codec, tap } = options
  const { quorums } = membership
  const now = () => clock.now()
  const own = new OwnInstances<Batch>({ self, quorums, limits, links, now })
  const watch = new Watch(quorums.n, {
    self,
    ledger,
    timers,
    limits,
    random,
    tap,
    live: () => links.live(),
    hearsQuorum: () => links.hearsQuorum,
    isFetchable: (rank, index) => donors.isFetchable(rank, index),
    // The first pair: what is due acts on an instance, and what the instance commits is due no longer.
    act: (entry, event) => {
      if (event.type === 'startRecovery') counters.recoveries++
      stepper.send(entry, event)
    },
    ask: (leader, { id }) => outbox.say(leader, { type: 'tryRecover', id }),
  })
  const heard = new Heard({ ledger, limits, watch })
  const barrier = new RestartBarrier({ self, ledger, links, watch })
  const suspicion = new Suspicion({ links, watch, barrier, tap, now })
  const reservation = new Reservation(limits, outbox, barrier)
  const circumstances: Circumstances = {
    self,
    n: quorums.n,
    isReserved: index => reservation.covers(index),
    awaitedForPreAccept: index => own.awaitedForPreAccept(index),
    awaitedForAccept: () => own.awaitedForAccept(),
    heldBy: ({ rank, index }) => ledger.get(rank, index)?.heldBy ?? 0,
  }
  const instances = new Instances({ parent: actor, quorums, circumstances, foldCommand: codec.foldCommand })
  const commits = new Commits({ circumstances, limits, ledger, outbox, execution, counters })
  const admission = new Admission({ self, limits, ledger, links, outbox, watch, heard, own, counters, tap, now })
  const stepper = new Stepper<Batch>({
    self,
    instances,
    admission,
    ledger,
    outbox,
    execution,
    retirement,
    commits,
    own,
    heard,
    watch,
    timers,
    tap,
    ownCommitted: batch => {
      proposals.committed(batch)
      return commandsOf(batch)
    },
  })
  const progress = new DurableProgress({ self, ledger, execution })
  return { own, watch, heard, barrier, suspicion, reservation, instances, commits, admission, stepper, progress }
}
type Instancing = ReturnType<typeof wireInstances>

/** What clients want becomes instances; what many have executed becomes snapshots, and comes as such to those who missed it. */
function wireProposing({ options, membership, self }: Doors, parts: Records & Executing & Instancing) {
  const { clock, limits, codec, tap, wallClock = () => clock.now() } = options
  const { life, ledger, links, timers, outbox, donors, counters, retirement } = parts
  const { proposals, reception, state, execution } = parts
  const { own, watch, reservation, instances, commits, stepper, progress } = parts
  const now = () => clock.now()
  const log = (line: string) => options.log?.(line)
  const say = (to: Rank, message: Message) => outbox.say(to, message)
  const snapshots = new Snapshots({ codec, ledger, execution, now })
  const pace = new Pace({ limits, timers, proposals, roundTrips: own.roundTrips, links })
  const gate = new Gate({ self, limits, life, ledger, links, outbox, proposals, pace })
  const proposer = new Proposer({
    self,
    ledger,
    proposals,
    execution,
    stepper,
    own,
    watch,
    reservation,
    raised: () => greatest(snapshots.raised.floor, links.barriers),
    gate,
    pace,
  })
  const truncation = new Truncation({
    self,
    limits,
    ledger,
    links,
    outbox,
    execution,
    progress,
    snapshots,
    instances,
    commits,
    tap,
    propose: (floor, settled) => reception.proposeOwn(envelopes.truncate(floor), noFootprint, settled),
  })
  const installer = new Installer({
    self,
    membership,
    codec,
    snapshots,
    ledger,
    execution,
    instances,
    stepper,
    own,
    proposals,
    watch,
    retirement,
    outbox,
    donors,
    truncation,
    counters,
    tap,
    log,
  })
  const transfer = new SnapshotTransfer({
    limits,
    now,
    say,
    latest: () => snapshots.transferable,
    installer,
    donors,
    log,
  })
  const catchUp = new CatchUp({ ledger, links, donors, limits, counters, now, say, transfer })
  const backups = new Backups(limits, now, () =>
    encodeBackup(
      {
        cluster: life.cluster,
        member: membership.members[self]!,
        takenMs: Math.round(wallClock()),
        commands: execution.commands,
        state: state.snapshot(),
      },
      codec,
    ),
  )
  return { snapshots, pace, gate, proposer, truncation, installer, transfer, catchUp, backups }
}
type Proposing = ReturnType<typeof wireProposing>

/** What comes in and what goes out, what is done again and again, and what is told of it all. */
function wireReplica(doors: Doors, parts: Records & Executing & Instancing & Proposing) {
  const { options, membership, self, turn, send, failed } = doors
  const { id, clock, limits, codec, store, random, tap } = options
  const { life, ledger, links, timers, outbox, durations, retirement } = parts
  const { state, proposals, isolation, reception, expiry, dueCommands, comparison } = parts
  const { heard, barrier, suspicion, reservation, admission, stepper, progress, watch } = parts
  const { truncation, transfer, catchUp, backups } = parts
  const now = () => clock.now()
  const flushes = new Flushes({
    self,
    outbox,
    store,
    durations,
    progress,
    retirement,
    stepper,
    tap,
    send,
    turn,
    // The second pair: a flush that found no room is tried again later, by those who see to flushes that nobody waits for.
    failed: error => {
      if (error instanceof StoreError && error.code === 'storeFull') flushTimes.full(error)
      else failed(error)
    },
  })
  const flushTimes = new FlushTimes({
    limits,
    timers,
    outbox,
    proposals,
    flushes,
    turn,
    log: line => options.log?.(line),
  })
  const resumption = new Resumption({ self, ledger, watch, stepper })
  /** All that have a life of their own: whatever happens to the replica happens to them in this order. */
  const components: readonly Component[] = [
    suspicion,
    resumption,
    barrier,
    isolation,
    heard,
    catchUp,
    transfer,
    backups,
    dueCommands,
    comparison,
    expiry,
    reservation,
    truncation,
    flushes,
    timers,
    proposals,
  ]
  const heartbeat = new Heartbeat({
    limits,
    timers,
    life,
    progress,
    outbox,
    links,
    admission,
    truncation,
    barrier,
    components,
  })
  const dispatch = new Dispatch({
    membership,
    links,
    suspicion,
    heard,
    admission,
    stepper,
    catchUp,
    transfer,
    comparison,
    heartbeat,
    tap,
    now,
  })
  const report = new StatusReport({ options, membership, parts })
  const sessions = new Sessions({
    codec,
    limits,
    cluster: () => life.cluster,
    member: id,
    members: membership.members,
    random,
    look: (session, sequence, floor) => state.look(session, sequence, floor),
    inspect: payload => reception.inspect(payload),
    query: payload => reception.query(payload),
    inspectCommand: (command, bytes) => reception.inspectCommand(command, bytes),
    propose: (some, refused) => reception.take(some, refused),
    backups,
    status: clients => report.encoded(clients),
    turn,
  })
  return { flushes, flushTimes, resumption, components, heartbeat, dispatch, report, sessions }
}
