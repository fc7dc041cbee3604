import { recoverToSilent, validateToQuorum, waitingToAll } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * The fast path may have committed (c, D). A recovery asks each of Q: do you know an instance that contradicts it?
 *
 * Rules [4.4](../../../protocol/README.md#rule-4-4), [4.5](../../../protocol/README.md#rule-4-5).
 */
export const validating = instance.createStateConfig({
  meta: {
    rule: '4.4, 4.5',
    source: 'EPaxos*, recovery protocol',
    ignores: {
      preAcceptOk: 'ballot 0 is over here',
      acceptOk: 'nothing was proposed yet',
      recoverOk: 'it answers another ballot, or is a repeat',
      validateOk: 'it answers another ballot, or comes from outside Q',
      resume: 'under way already',
      giveUpFastPath: 'ballot 0 is over here',
      memberCommitted: 'waits for no member yet',
      memberWaiting: 'waits for no member yet',
    },
  },
  on: {
    validateOk: { guard: 'isAwaitedValidateOk', actions: 'countValidateOk' },
    // Replies from outside Q are kept: they may end a wait (4.5.3).
    recoverOk: { guard: 'isNewRecoverOk', actions: 'countRecoverOk' },
    resend: {
      actions: [
        { type: 'sendTo', params: validateToQuorum },
        { type: 'sendTo', params: recoverToSilent },
      ],
    },
    tryRecover: { actions: { type: 'sendTo', params: validateToQuorum } },
  },
  always: [
    { guard: 'stepIsAccept', target: 'accepting', actions: ['noteRule', 'proposeStep'] },
    {
      guard: 'stepIsWait',
      target: 'waiting',
      actions: ['noteRule', 'takeMembers', { type: 'sendTo', params: waitingToAll }, 'awaitMembers'],
    },
  ],
})
