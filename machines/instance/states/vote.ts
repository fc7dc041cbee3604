import { acceptOk, nack, recoverOk } from '../outgoing.ts'
import { instance } from '../setup.ts'
import { accepted } from './vote/accepted.ts'
import { initial } from './vote/initial.ts'
import { preAccepted } from './vote/preAccepted.ts'

const driven = 'not for the acceptor: the other region drives'

/**
 * The acceptor: the votes of this replica. The state is the phase of the record. Ballots are promised in every state.
 *
 * Rules [3.4](../../protocol/README.md#rule-3-4), [4.2](../../protocol/README.md#rule-4-2),
 * [7](../../protocol/README.md#section-7).
 */
export const vote = instance.createStateConfig({
  meta: {
    rule: '3.4, 4.2, 7',
    source: 'EPaxos*, commit and recovery protocols',
    ignores: {
      preAcceptOk: driven,
      acceptOk: driven,
      recoverOk: driven,
      validateOk: driven,
      tryRecover: driven,
      nack: driven,
      stable: driven,
      resume: driven,
      startRecovery: driven,
      resend: driven,
      giveUpFastPath: driven,
      memberCommitted: driven,
      memberWaiting: driven,
    },
  },
  initial: 'initial',
  on: {
    accept: [
      {
        guard: 'mayAccept',
        target: '.accepted',
        actions: ['voteAccept', 'writeRecord', { type: 'reply', params: acceptOk }],
      },
      { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
    ],
    recover: [
      { guard: 'mayPromise', actions: ['promise', 'writeRecord', { type: 'reply', params: recoverOk }] },
      { guard: 'isPromised', actions: { type: 'reply', params: recoverOk } },
      { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
    ],
  },
  states: { initial, preAccepted, accepted },
})
