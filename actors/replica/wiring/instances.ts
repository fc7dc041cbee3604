import type { Circumstances } from '../../../machines/protocol/addressing.ts'
import { Admission } from '../../instances/admission.ts'
import { Commits } from '../../instances/commits.ts'
import { DurableProgress } from '../../instances/durable-progress.ts'
import { Handovers } from '../../instances/handovers.ts'
import { Heard } from '../../instances/heard.ts'
import { Instances } from '../../instances/instances.ts'
import { OwnInstances } from '../../instances/own-instances.ts'
import { Reach } from '../../instances/reach.ts'
import { Reservation } from '../../instances/reservation.ts'
import { RestartBarrier } from '../../instances/restart-barrier.ts'
import { Stepper } from '../../instances/stepper.ts'
import { Suspicion } from '../../instances/suspicion.ts'
import { Watch } from '../../instances/watch.ts'
import type { Batch } from '../../proposing/batch.ts'
import { commandsOf } from '../../proposing/batch.ts'
import type { Doors } from '../doors.ts'
import type { Executing } from './execution.ts'
import type { Records } from './records.ts'

/** Wires the instances, from the message to the commit. */
export function wireInstances(
  { options, membership, self, actor, hasRoom }: Doors,
  {
    ledger,
    links,
    timers,
    donors,
    outbox,
    disk,
    retirement,
    counters,
    distrust,
    proposals,
    payloadCheck,
    execution,
  }: Records & Executing,
) {
  const { clock, limits, random, codec, tap } = options
  const { quorums } = membership
  const now = () => clock.now()
  const own = new OwnInstances<Batch>({ self, quorums, limits, links, now })
  const progress = new DurableProgress({ self, ledger, execution })
  const watch = new Watch(quorums.n, {
    self,
    ledger,
    timers,
    limits,
    random,
    tap,
    live: () => links.live(),
    slow: () => links.peers.filter(rank => links.slow(rank)),
    hearsQuorum: () => links.hearsQuorum,
    isFetchable: (rank, index, forMs) => donors.isFetchable(rank, index, forMs),
    disk,
    // The name of an id is all that it reveals: an own one is on disk first, or reserved there.
    ask: (leader, { id }) => {
      const isKept = id.rank !== self || id.index <= progress.known[self]!
      outbox[isKept ? 'sayNow' : 'say'](leader, { type: 'tryRecover', id })
    },
    haveRoom: () => links.peers.every(hasRoom),
  })
  const reach = new Reach({ self, ledger, links, limits, now })
  const heard = new Heard({ ledger, limits, watch, reach })
  const barrier = new RestartBarrier({ self, ledger, execution, links, watch })
  const suspicion = new Suspicion({ links, watch, barrier, tap, now })
  const reservation = new Reservation(limits, outbox, barrier, disk)
  const circumstances: Circumstances = {
    self,
    n: quorums.n,
    isReserved: index => reservation.covers(index),
    awaitedForPreAccept: index => own.awaitedForPreAccept(index),
    awaitedForAccept: () => own.awaitedForAccept(),
    mute: () => links.mute(),
    heldBy: ({ rank, index }) => ledger.get(rank, index)?.heldBy ?? 0,
  }
  const instances = new Instances({ parent: actor, quorums, circumstances, foldCommand: codec.foldCommand })
  const commits = new Commits({ circumstances, limits, ledger, outbox, execution, counters })
  const admission = new Admission({
    self,
    limits,
    ledger,
    links,
    outbox,
    watch,
    heard,
    reach,
    payloadCheck,
    distrust,
    isAsked: peer => donors.isAsked(peer),
    own,
    counters,
    tap,
    now,
  })
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
    counters,
    tap,
    hasRoom,
    ownCommitted: batch => {
      proposals.committed(batch)
      return commandsOf(batch)
    },
  })
  const handovers = new Handovers({
    self,
    limits,
    timers,
    ledger,
    links,
    disk,
    own,
    watch,
    commits,
    ask: (helper, index) =>
      outbox.sayNow(helper, { type: 'tryRecover', id: { epoch: membership.epoch, rank: self, index } }),
    now,
  })
  return {
    own,
    watch,
    reach,
    heard,
    barrier,
    suspicion,
    reservation,
    instances,
    commits,
    admission,
    stepper,
    progress,
    handovers,
  }
}
export type Instancing = ReturnType<typeof wireInstances>
