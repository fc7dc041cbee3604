import { recover, recoverToSilent, validateToQuorum } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * A recovery asks for the votes of n - f replicas, at a ballot of its own, above all that it knows.
 *
 * Rules [4.1](../../../protocol/README.md#rule-4-1), [4.3](../../../protocol/README.md#rule-4-3).
 */
export const recovering = instance.createStateConfig({
  meta: {
    rule: '4.1, 4.3',
    source: 'EPaxos*, recovery protocol',
    ignores: {
      preAcceptOk: 'ballot 0 is over here',
      acceptOk: 'nothing was proposed yet',
      recoverOk: 'it answers another ballot, or is a repeat',
      validateOk: 'nothing is validated yet',
      resume: 'under way already',
      giveUpFastPath: 'ballot 0 is over here',
      memberCommitted: 'waits for no member yet',
      memberWaiting: 'waits for no member yet',
    },
  },
  on: {
    // The own promise has been made, and is written: a ballot is never used twice, not even after a restart (B30).
    recover: { guard: 'isFromSelf', actions: { type: 'broadcast', params: recover } },
    recoverOk: { guard: 'isNewRecoverOk', actions: 'countRecoverOk' },
    resend: { actions: { type: 'sendTo', params: recoverToSilent } },
    tryRecover: { actions: { type: 'sendTo', params: recoverToSilent } },
  },
  always: [
    {
      guard: 'stepIsCommit',
      target: '#instance.committed',
      actions: ['commitFound', 'writeRecord', 'announceCommit'],
    },
    { guard: 'stepIsAccept', target: 'accepting', actions: ['noteRule', 'proposeStep'] },
    {
      guard: 'stepIsValidate',
      target: 'validating',
      actions: ['noteRule', 'takeCandidate', { type: 'sendTo', params: validateToQuorum }],
    },
  ],
})
