import { instance } from '../setup.ts'
import { accepting } from './drive/accepting.ts'
import { following } from './drive/following.ts'
import { preAccepting } from './drive/preAccepting.ts'
import { recovering } from './drive/recovering.ts'
import { validating } from './drive/validating.ts'
import { waiting } from './drive/waiting.ts'

const voted = 'not for the coordinator: the other region votes'
const notHigher = 'it ends nothing: no attempt is under way, or its ballot is not higher'

/**
 * The coordinator: the attempt of this replica at a ballot of its own, if there is one. The region is never restored
 * after a restart.
 *
 * Rules [4.1](../../protocol/README.md#rule-4-1), [4.6](../../protocol/README.md#rule-4-6),
 * [7](../../protocol/README.md#section-7), [8](../../protocol/README.md#section-8).
 */
export const drive = instance.createStateConfig({
  meta: {
    rule: '4.1, 4.6, 7, 8',
    source: 'EPaxos*, recovery protocol',
    ignores: { preAccept: voted, validate: voted, accept: notHigher, recover: notHigher },
  },
  initial: 'following',
  on: {
    startRecovery: { target: '.recovering', actions: ['beginRecovery', 'recoverBySelf'] },
    // A higher ballot silently ends the attempt.
    recover: { guard: 'endsAttempt', target: '.following', actions: 'endAttempt' },
    accept: { guard: 'endsAttempt', target: '.following', actions: 'endAttempt' },
    nack: { actions: 'noteNack' },
    // Executed elsewhere, and gone: nothing to drive; the replica fetches.
    stable: { target: '.following', actions: 'endAttempt' },
  },
  states: { following, preAccepting, accepting, recovering, validating, waiting },
})
