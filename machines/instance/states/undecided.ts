import { instance } from '../setup.ts'
import { drive } from './drive.ts'
import { vote } from './vote.ts'

/**
 * No decision is known. Two regions stand side by side: the votes of this replica (`vote`), and its attempt (`drive`).
 * A commit ends both, in any state.
 *
 * Rule [3.6](../../protocol/README.md#rule-3-6).
 */
export const undecided = instance.createStateConfig({
  type: 'parallel',
  meta: {
    rule: '3.6',
    source: 'EPaxos*, commit protocol',
    ignores: { executed: 'comes only after a commit' },
  },
  on: {
    commit: { target: 'committed', actions: ['learnCommit', 'writeRecord', 'announceCommit'] },
    restore: [
      { guard: 'wasCommitted', target: 'committed', actions: 'restoreRecord' },
      { guard: 'wasAccepted', target: '.vote.accepted', actions: 'restoreRecord' },
      { guard: 'wasPreAccepted', target: '.vote.preAccepted', actions: 'restoreRecord' },
      { actions: 'restoreRecord' },
    ],
  },
  states: { vote, drive },
})
