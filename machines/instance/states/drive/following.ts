import { accept, acceptOk, preAccept, preAcceptOk } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

const lateReply = 'a reply to an attempt that has ended'

/**
 * Nothing is driven: another replica coordinates, or this one has not begun, or a higher ballot ended its attempt.
 *
 * Rules [3.1](../../../protocol/README.md#rule-3-1), [4](../../../protocol/README.md#section-4),
 * [6](../../../protocol/README.md#section-6).
 */
export const following = instance.createStateConfig({
  meta: {
    rule: '3.1, 4, 6',
    ignores: {
      preAcceptOk: lateReply,
      acceptOk: lateReply,
      recoverOk: lateReply,
      validateOk: lateReply,
      resend: 'the attempt has just ended',
      resume: 'it stands at no ballot 0 of its own: nothing may be sent again',
      giveUpFastPath: 'the attempt has just ended',
      memberCommitted: 'the attempt has just ended',
      memberWaiting: 'the attempt has just ended',
    },
  },
  on: {
    // The own preAccept is the submit (3.1): the vote has been cast by the other region, first.
    preAccept: {
      guard: 'isFromSelf',
      target: 'preAccepting',
      actions: ['beginAtBallotZero', { type: 'broadcast', params: preAccept }],
    },
    // Another replica asks for the commit of the instance: with no attempt running here, a recovery begins.
    tryRecover: { target: 'recovering', actions: ['beginRecovery', 'recoverBySelf'] },
    resume: [
      {
        guard: 'canResumePreAccept',
        target: 'preAccepting',
        actions: [
          'beginAtBallotZero',
          { type: 'reply', params: preAcceptOk },
          { type: 'broadcast', params: preAccept },
        ],
      },
      {
        guard: 'canResumeAccept',
        target: 'accepting',
        actions: ['beginAtBallotZero', { type: 'reply', params: acceptOk }, { type: 'broadcast', params: accept }],
      },
    ],
  },
})
