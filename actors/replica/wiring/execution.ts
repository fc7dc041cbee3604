import { envelopes, noFootprint } from '../../../machines/protocol/envelope.ts'
import { Comparison } from '../../execution/comparison.ts'
import { DueCommands } from '../../execution/due-commands.ts'
import { Execution } from '../../execution/execution.ts'
import { PayloadCheck } from '../../execution/payload-check.ts'
import { ReplicatedState } from '../../execution/replicated-state.ts'
import { SessionExpiry, SessionUse } from '../../execution/session-expiry.ts'
import { StateWatch } from '../../execution/state-watch.ts'
import { ClockWait } from '../../proposing/clock-wait.ts'
import { inspectFootprint } from '../../proposing/inspect-footprint.ts'
import { Isolation } from '../../proposing/isolation.ts'
import { Proposals } from '../../proposing/proposals.ts'
import { Reception } from '../../proposing/reception.ts'
import { Faults } from '../../shared/faults.ts'
import { ifThereIsAState, UserStateMachine } from '../../shared/user-state-machine.ts'
import type { Doors } from '../doors.ts'
import type { Records } from './records.ts'

/** Wires the reception of commands, their execution, and the parts that propose commands of the replica's own. */
export function wireExecution(
  { options, membership, self, gather }: Doors,
  { life, works, ledger, links, clusterClock, outbox, disk, retirement, counters }: Records,
) {
  const { clock, limits, codec, tap } = options
  const now = () => clock.now()
  const use = new SessionUse(now)
  const faults = new Faults(now, (method, detail, untold) =>
    options.log?.({ code: 'stateMachineFailed', method, detail, untold }),
  )
  const stateMachine = new UserStateMachine(options.stateMachine, codec, (method, error) =>
    faults.report(method, error),
  )
  const state = new ReplicatedState(stateMachine, codec, session => use.used(session))
  const proposals = new Proposals(limits)
  const isolation = new Isolation({ limits, links, proposals, now })
  const clockWait = new ClockWait({ limits, clusterMs: () => clusterClock.now(), now })
  const reception = new Reception({
    stateMachine,
    codec,
    limits,
    nowMs: () => clusterClock.now(),
    life,
    isolation,
    clockWait,
    disk,
    proposals,
    state,
    gather,
  })
  const expiry = new SessionExpiry({
    limits,
    rank: self,
    clients: state.clients,
    use,
    now,
    // A client that returns to an expired session learns of it then.
    propose: (session, last) => reception.proposeOwn(envelopes.expire(session, last), noFootprint, () => undefined),
  })
  const dueCommands = new DueCommands({
    stateMachine,
    limits,
    place: () => links.live().indexOf(self),
    // The tables of a state that is being loaded say nothing.
    passedMs: () => (state.isReplaced ? undefined : clusterClock.passed()),
    propose: (command, settled) => reception.proposeDue(command, settled),
  })
  const comparison = new Comparison({
    self,
    membership,
    limits,
    links,
    now,
    life,
    digest: () => works.during('digest', () => ifThereIsAState(() => state.digest())),
    say: (to, message) => outbox.say(to, message),
    propose: settled => reception.proposeOwn(envelopes.point(), noFootprint, settled),
    log: event => options.log?.(event),
  })
  const payloadCheck = new PayloadCheck({
    state,
    replicas: membership.quorums.n,
    footprintOf(command) {
      try {
        const found = inspectFootprint(stateMachine.footprint(command), limits)
        return 'code' in found ? undefined : found
      } catch {
        return undefined
      }
    },
  })
  const stateWatch = new StateWatch()
  const execution = new Execution({ membership, state, tap, ledger, retirement, counters, comparison, stateWatch })
  return {
    use,
    stateWatch,
    stateMachine,
    state,
    proposals,
    isolation,
    clockWait,
    reception,
    expiry,
    dueCommands,
    comparison,
    payloadCheck,
    execution,
  }
}
export type Executing = ReturnType<typeof wireExecution>
