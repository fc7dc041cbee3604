import { StoreError } from '../../../storage/store.ts'
import { Connections } from '../../connections/connections.ts'
import type { Component } from '../../shared/component.ts'
import { CaughtUp } from '../caught-up.ts'
import { DiskWatch } from '../disk-watch.ts'
import { Dispatch } from '../dispatch.ts'
import type { Doors } from '../doors.ts'
import { FlushTimes } from '../flush-times.ts'
import { Flushes } from '../flushes.ts'
import { Frames } from '../frames.ts'
import { Heartbeat } from '../heartbeat.ts'
import { Resumption } from '../resumption.ts'
import { StatusReport } from '../status-report.ts'
import type { Executing } from './execution.ts'
import type { Instancing } from './instances.ts'
import type { Proposing } from './proposing.ts'
import type { Reading } from './reading.ts'
import type { Records } from './records.ts'

/** Wires the input and output of a replica, its periodic work, and its status. */
export function wireReplica(doors: Doors, parts: Records & Executing & Instancing & Reading & Proposing) {
  const { options, membership, self, actor, turn, gather, send, failed } = doors
  const { id, clock, limits, codec, store, random, tap } = options
  const {
    life,
    ledger,
    links,
    clusterClock,
    clockWatch,
    peerStores,
    timers,
    outbox,
    distrust,
    durations,
    disk,
    retirement,
    works,
  } = parts
  const { execution, state, proposals, isolation, clockWait, reception, expiry, dueCommands, comparison } = parts
  const { reach, heard, barrier, suspicion, reservation, admission, stepper, progress, watch } = parts
  const { truncation, eviction, checkpoints, transfer, offers, catchUp, backups, reads, use } = parts
  const now = () => clock.now()
  const flushes = new Flushes({
    self,
    outbox,
    store,
    durations,
    progress,
    retirement,
    stepper,
    works,
    tap,
    send,
    turn,
    // The one pair: `FlushTimes`, which comes later, retries a flush that found no room.
    failed: error => {
      if (error instanceof StoreError && error.code === 'storeFull') flushTimes.full(error)
      else failed(error)
    },
  })
  const flushTimes = new FlushTimes({
    limits,
    timers,
    outbox,
    flushes,
    turn,
    log: event => options.log?.(event),
  })
  const resumption = new Resumption({ self, ledger, watch, stepper })
  const caughtUp = new CaughtUp({ self, ledger, links, execution, barrier, now, log: event => options.log?.(event) })
  /** All components. Each event in the life of the replica reaches them in this order. */
  const components: readonly Component[] = [
    suspicion,
    resumption,
    barrier,
    caughtUp,
    isolation,
    clockWait,
    clockWatch,
    reach,
    heard,
    catchUp,
    transfer,
    offers,
    backups,
    dueCommands,
    comparison,
    expiry,
    reservation,
    truncation,
    checkpoints,
    eviction,
    flushes,
    timers,
    reads,
    proposals,
  ]
  const heartbeat = new Heartbeat({
    limits,
    timers,
    life,
    progress,
    outbox,
    disk,
    links,
    clusterClock,
    admission,
    eviction,
    barrier,
    checkpoints,
    components,
  })
  const dispatch = new Dispatch({
    membership,
    links,
    distrust,
    peerStores,
    clusterClock,
    suspicion,
    heard,
    admission,
    stepper,
    catchUp,
    transfer,
    offers,
    comparison,
    reads,
    heartbeat,
    tap,
    now,
  })
  const frames = new Frames({ timers, route: (from, messages) => actor.send({ type: 'frame', from, messages }) })
  const report = new StatusReport({ options, membership, parts: { ...parts, caughtUp } })
  const connections = new Connections({
    codec,
    limits,
    cluster: () => life.cluster,
    member: id,
    members: membership.members,
    random,
    look: (session, sequence, floor) => state.look(session, sequence, floor),
    keptFor: session => ({ bytes: state.clients.bytesOf(session), all: state.clients.bytes }),
    sessions: () => state.clients.size,
    lastOf: session => state.clients.last(session),
    inspect: payload => reception.inspect(payload),
    query: payload => reception.query(payload),
    inspectCommand: (command, bytes) => reception.inspectCommand(command, bytes),
    propose: (some, refused) => reception.take(some, refused),
    reads: {
      take: (keys, command, told) =>
        reception.mayRead && reads.take({ keys, run: () => state.readHere(command), ...told }),
      // Sessions are used by commands that are executed: one that only reads shows itself everywhere before it expires.
      isKnown: session => use.isRecent(session, Math.min(limits.sessionIdleMs, limits.sessionIdleMinMs) / 2),
    },
    backups,
    status: clients => report.encoded(clients),
    forgetPeer: (forgotten, done) => peerStores.forget(forgotten, done),
    gather,
    later: run => timers.set(0, run),
    now,
  })
  const diskWatch = new DiskWatch({
    timers,
    disk,
    proposals,
    connections,
    heartbeat,
    log: event => options.log?.(event),
  })
  return {
    flushes,
    flushTimes,
    resumption,
    components,
    heartbeat,
    dispatch,
    frames,
    report,
    connections,
    diskWatch,
    caughtUp,
  }
}
