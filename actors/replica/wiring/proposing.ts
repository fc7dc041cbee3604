import { envelopes, noFootprint } from '../../../machines/protocol/envelope.ts'
import type { Rank } from '../../../machines/protocol/membership.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { greatest, least } from '../../../machines/protocol/truncation.ts'
import { Gate } from '../../proposing/gate.ts'
import { Pace } from '../../proposing/pace.ts'
import { Proposer } from '../../proposing/proposer.ts'
import type { ReplicaEvent } from '../../shared/events.ts'
import { Backups } from '../../state/backups.ts'
import { CatchUp } from '../../state/catch-up.ts'
import { CheckpointTurns } from '../../state/checkpoint-turns.ts'
import { Checkpoints } from '../../state/checkpoints.ts'
import { Eviction } from '../../state/eviction.ts'
import { Installer } from '../../state/installer.ts'
import { Offers } from '../../state/offers.ts'
import { SnapshotTransfer } from '../../state/snapshot-transfer.ts'
import { Snapshots } from '../../state/snapshots.ts'
import { StateWrites } from '../../state/state-writes.ts'
import { Truncation } from '../../state/truncation.ts'
import type { Doors } from '../doors.ts'
import type { Executing } from './execution.ts'
import type { Instancing } from './instances.ts'
import type { Records } from './records.ts'

/**
 * Wires the parts that turn commands into instances, executed instances into snapshots, and snapshots into catch-up for
 * replicas that missed much.
 */
export function wireProposing(
  { options, membership, self, turn, failed }: Doors,
  parts: Records & Executing & Instancing,
) {
  const { clock, limits, codec, tap, wallClock = () => clock.now() } = options
  const { life, works, ledger, links, timers, outbox, donors, counters, retirement } = parts
  const { proposals, reception, stateMachine, state, execution } = parts
  const { own, watch, heard, reservation, instances, commits, stepper, progress } = parts
  const now = () => clock.now()
  const log = (event: ReplicaEvent) => options.log?.(event)
  const say = (to: Rank, message: Message) => outbox.say(to, message)
  const eviction = new Eviction({ self, limits, timers, ledger, links, outbox, progress, tap })
  const snapshots = new Snapshots({ codec, ledger, execution, eviction })
  const stateWrites = new StateWrites(() => options.store.state)
  const checkpoints = new Checkpoints({
    limits,
    timers,
    codec,
    ledger,
    outbox,
    execution,
    state,
    progress,
    works,
    store: stateWrites,
    turn,
    truncated(floor) {
      ledger.truncate(floor, entry => instances.forget(entry))
      commits.truncated(floor)
      tap?.truncated?.(1, floor)
    },
    failed,
    log,
  })
  const pace = new Pace({ limits, timers, proposals, roundTrips: own.roundTrips, links })
  const gate = new Gate({ self, limits, life, ledger, links, proposals, pace, tap })
  const proposer = new Proposer({
    self,
    ledger,
    proposals,
    execution,
    stepper,
    own,
    heard,
    reservation,
    // A barrier counts up to what is decided here (rule 7.3): nothing new waits for what it names beyond that.
    raised: () => greatest(eviction.raised.floor, least([links.barriers, ledger.committedPrefix])),
    gate,
    pace,
  })
  const truncation = new Truncation({
    self,
    limits,
    ledger,
    links,
    execution,
    progress,
    checkpoints,
    turns: new CheckpointTurns({ self, limits, links, now }),
    propose: (floor, settled) => reception.proposeOwn(envelopes.truncate(floor), noFootprint, settled),
  })
  const installer = new Installer({
    self,
    limits,
    membership,
    codec,
    ledger,
    execution,
    state,
    instances,
    stepper,
    own,
    proposals,
    watch,
    retirement,
    outbox,
    donors,
    truncation,
    checkpoints,
    progress,
    counters,
    tap,
    now,
    log,
  })
  const transfer = new SnapshotTransfer({
    limits,
    codec,
    store: stateWrites,
    installer,
    donors,
    now,
    say,
    turn,
    failed,
    log,
  })
  const offers = new Offers({
    limits,
    codec,
    ledger,
    store: stateWrites,
    now,
    latest: () => checkpoints.stored,
    wanted: () => truncation.now(),
    say,
    turn,
    failed,
  })
  const catchUp = new CatchUp({ ledger, links, donors, limits, counters, now, say, transfer })
  const backups = new Backups({
    limits,
    codec,
    store: stateWrites,
    now,
    origin: () => ({ cluster: life.cluster, member: membership.members[self]!, takenMs: Math.round(wallClock()) }),
    checkpoint: done => checkpoints.following(() => truncation.now(), done),
    whyNoState: () => stateMachine.snapshotError,
    turn,
    failed,
  })
  return {
    eviction,
    snapshots,
    checkpoints,
    pace,
    gate,
    proposer,
    truncation,
    installer,
    transfer,
    offers,
    catchUp,
    backups,
  }
}
export type Proposing = ReturnType<typeof wireProposing>
