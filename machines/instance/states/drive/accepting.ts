import { accept, acceptToSilent } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * The value is fixed for this ballot, and a slow quorum must accept it. The slow path and every recovery end here.
 *
 * Rules [3.5](../../../protocol/README.md#rule-3-5), [4.3](../../../protocol/README.md#rule-4-3),
 * [4.5](../../../protocol/README.md#rule-4-5).
 */
export const accepting = instance.createStateConfig({
  meta: {
    rule: '3.5, 4.3, 4.5',
    source: 'EPaxos*, commit protocol',
    ignores: {
      preAcceptOk: 'the choice has been made',
      acceptOk: 'it answers another ballot',
      recoverOk: 'the choice has been made',
      validateOk: 'the choice has been made',
      resume: 'under way already',
      giveUpFastPath: 'the choice has been made',
      memberCommitted: 'the choice has been made',
      memberWaiting: 'the choice has been made',
    },
  },
  on: {
    // The own vote has been cast, and is written: now the others' are asked for (B22).
    accept: { guard: 'isFromSelf', actions: { type: 'broadcast', params: accept } },
    acceptOk: { guard: 'isForAttempt', actions: 'countAcceptOk' },
    resend: { actions: { type: 'sendTo', params: acceptToSilent } },
    tryRecover: { actions: { type: 'sendTo', params: acceptToSilent } },
  },
  always: {
    guard: 'hasSlowQuorum',
    target: '#instance.committed',
    actions: ['commitAccepted', 'writeRecord', 'announceCommit'],
  },
})
