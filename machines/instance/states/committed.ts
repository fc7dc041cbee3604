import { commit, recoverOk } from '../outgoing.ts'
import { instance } from '../setup.ts'

const over = 'the instance is decided'

/**
 * The instance is decided, finally. A message that still asks is answered with the commit, and never with a vote.
 *
 * Rule [3.6](../../protocol/README.md#rule-3-6).
 */
export const committed = instance.createStateConfig({
  meta: {
    rule: '3.6',
    source: 'EPaxos*, commit protocol',
    ignores: {
      preAcceptOk: over,
      acceptOk: over,
      recoverOk: over,
      validateOk: over,
      nack: over,
      stable: over,
      restore: 'only the first event of an actor',
      resume: over,
      startRecovery: over,
      resend: over,
      giveUpFastPath: over,
      memberCommitted: over,
      memberWaiting: over,
    },
  },
  on: {
    preAccept: { actions: { type: 'reply', params: commit } },
    accept: { actions: { type: 'reply', params: commit } },
    validate: { actions: { type: 'reply', params: commit } },
    tryRecover: { actions: { type: 'reply', params: commit } },
    recover: { actions: { type: 'reply', params: recoverOk } },
    commit: { actions: ['assertSameCommit', 'announceTold'] },
    executed: 'executed',
  },
})
