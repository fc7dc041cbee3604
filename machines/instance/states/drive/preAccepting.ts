import { preAcceptToSilent } from '../../outgoing.ts'
import { instance } from '../../setup.ts'

/**
 * The initial coordinator at ballot 0 waits for votes: do they allow the fast path, or is it the slow path?
 *
 * Rule [3.3](../../../protocol/README.md#rule-3-3).
 */
export const preAccepting = instance.createStateConfig({
  meta: {
    rule: '3.3',
    source: 'EPaxos*, commit protocol; SOSP13 section 4.3',
    ignores: {
      acceptOk: 'nothing was proposed yet',
      recoverOk: 'a reply to an attempt that has ended',
      validateOk: 'a reply to an attempt that has ended',
      resume: 'under way already',
      memberCommitted: 'waits for no member',
      memberWaiting: 'waits for no member',
    },
  },
  on: {
    preAcceptOk: [
      { guard: 'leavesFastPathOpen', actions: ['countPreAcceptOk', 'awaitFastPath'] },
      { actions: 'countPreAcceptOk' },
    ],
    giveUpFastPath: { actions: 'giveUpFastPath' },
    resend: { actions: { type: 'sendTo', params: preAcceptToSilent } },
    tryRecover: { actions: { type: 'sendTo', params: preAcceptToSilent } },
  },
  always: [
    {
      guard: 'hasFastQuorum',
      target: '#instance.committed',
      actions: ['commitFast', 'writeRecord', 'announceCommit'],
    },
    { guard: 'isFastPathOver', target: 'accepting', actions: ['noteSlowPath', 'proposeUnion'] },
  ],
})
