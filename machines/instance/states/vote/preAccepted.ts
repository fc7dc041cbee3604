import { nack, preAcceptOk, validateOk } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * This replica has voted on the fast path: it knows the payload, and dep holds every conflict that it knew then.
 *
 * Rules [3.2](../../../protocol/README.md#rule-3-2), [4.4](../../../protocol/README.md#rule-4-4),
 * [7](../../../protocol/README.md#section-7).
 */
export const preAccepted = instance.createStateConfig({
  meta: {
    rule: '3.2, 4.4, 7',
    source: 'EPaxos*, commit protocol',
    ignores: { validate: 'above the promise: the recover of its ballot has not come, or was lost' },
  },
  on: {
    // A repeat gets the stored dep: one vote, however often it is asked for.
    preAccept: [
      { guard: 'isAtBallotZero', actions: { type: 'reply', params: preAcceptOk } },
      { actions: { type: 'reply', params: nack } },
    ],
    validate: [
      { guard: 'isPromised', actions: ['adoptCandidate', 'writeRecord', { type: 'reply', params: validateOk }] },
      { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
    ],
  },
})
