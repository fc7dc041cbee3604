import { recoverToSilent, waitingToAll } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * Some of I may contradict (c, D), and none is decided yet. The recovery waits for them, and tells the others how
 * tight it is.
 *
 * Rules [4.5.3](../../../protocol/README.md#rule-4-5-3), [4.6](../../../protocol/README.md#rule-4-6).
 */
export const waiting = instance.createStateConfig({
  meta: {
    rule: '4.5.3, 4.6',
    source: 'EPaxos*, recovery protocol and appendix E',
    ignores: {
      preAcceptOk: 'ballot 0 is over here',
      acceptOk: 'nothing was proposed yet',
      recoverOk: 'it answers another ballot, or is a repeat',
      validateOk: 'all of Q have answered',
      resume: 'under way already',
      giveUpFastPath: 'ballot 0 is over here',
    },
  },
  on: {
    memberCommitted: { actions: 'takeVerdict' },
    memberWaiting: { actions: 'noteMemberWaiting' },
    recoverOk: { guard: 'isNewRecoverOk', actions: 'countRecoverOk' },
    resend: {
      actions: [
        { type: 'sendTo', params: recoverToSilent },
        { type: 'sendTo', params: waitingToAll },
      ],
    },
    tryRecover: { actions: { type: 'sendTo', params: waitingToAll } },
  },
  always: [
    {
      guard: 'stepIsCommit',
      target: '#instance.committed',
      actions: ['commitFound', 'writeRecord', 'announceCommit'],
    },
    { guard: 'stepIsAccept', target: 'accepting', actions: ['noteRule', 'proposeStep'] },
  ],
})
