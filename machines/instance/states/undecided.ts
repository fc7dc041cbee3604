import { instance } from '../setup.ts'
import { drive } from './drive.ts'
import { vote } from './vote.ts'

/**
 * Not known to be decided. Two things go on side by side: what this replica has voted (`vote`) and what it is driving
 * (`drive`). A commit ends both, whatever they were at.
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
