import { acceptOk, nack } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * This replica has voted on the slow path, at ballot abal.
 *
 * Rules [3.4](../../../protocol/README.md#rule-3-4), [7](../../../protocol/README.md#section-7).
 */
export const accepted = instance.createStateConfig({
  meta: {
    rule: '3.4, 7',
    source: 'EPaxos*, commit protocol',
    ignores: {
      validate: 'its phase guard: a duplicate that comes after the accept of its ballot breaks Agreement (B8)',
      preAccept: 'at ballot 0 the accept has overtaken it',
    },
  },
  on: {
    // A repeat is answered from the record; a higher ballot falls through to the region.
    accept: { guard: 'isAcceptedAlready', actions: { type: 'reply', params: acceptOk } },
    preAccept: { guard: 'isPromisedAboveZero', actions: { type: 'reply', params: nack } },
    validate: { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
  },
})
