import { nack, preAcceptOk, validateOk } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * There is no vote yet. A recover or a validate may have come first: then a ballot is promised, and the phase is
 * still initial.
 *
 * Rules [3.2](../../../protocol/README.md#rule-3-2), [4.4](../../../protocol/README.md#rule-4-4).
 */
export const initial = instance.createStateConfig({
  meta: {
    rule: '3.2, 4.4',
    source: 'EPaxos*, commit protocol',
    ignores: { validate: 'above the promise: the recover of its ballot has not come, or was lost' },
  },
  on: {
    preAccept: [
      {
        guard: 'isAtBallotZero',
        target: 'preAccepted',
        actions: ['votePreAccept', 'writeRecord', { type: 'reply', params: preAcceptOk }],
      },
      { actions: { type: 'reply', params: nack } },
    ],
    validate: [
      { guard: 'isPromised', actions: ['adoptCandidate', 'writeRecord', { type: 'reply', params: validateOk }] },
      { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
    ],
  },
})
