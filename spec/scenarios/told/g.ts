import { proposeTo, recoverWith } from '../support/rounds.ts'
import type { Table } from '../support/table.ts'
import { execute, gossip, letGo, lettingGo } from '../support/upkeep.ts'
import { must, type Told } from './told.ts'

/** B decides Y fast with A and C, and dies; A recovers it with D and E. */
export function decideAndRecoverY(table: Table, decided: string): void {
  const Y = proposeTo(table, 'B>AC')
  table.deliver('preAcceptOk', 'AC>B', Y)
  table.sync('B')
  must(table.decided(Y), decided, 'Y')
  table.caption('B has committed Y on the fast path, tells nobody, and dies.', Y)
  table.drop('commit', 'B>*')
  table.crash('B')
  table.caption(
    'A recovers Y with D and E, who have not heard of it: they know X, which conflicts. That Y depends on X must stand in what A and C voted for.',
    Y,
  )
  recoverWith(table, 'A', Y, 'DE')
  must(table.decided(Y), decided, 'Y, recovered')
}

export const g: Told = {
  name: 'G',
  title: 'G (B12): index entries stay where not all are known to have executed them',
  n: 5,
  limits: lettingGo,
  tell(table) {
    table.caption('D proposes X = D.1: it is decided fast and executed by all five.')
    const X = execute(table, 'D', 'ABCE')
    table.caption(
      'A, B and C tell each other how far they are, agree that records may go, and let go of the record of X. Of D and E they have not heard that these have executed it: so its entry in the index stays (section 8, level 2).',
      X,
    )
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    for (const at of ['A', 'B', 'C'] as const) table.pass(at, 100)
    table.caption('B proposes Y = B.1 on the same key to A and C. All three still know that X came before: {D.1}.')
    decideAndRecoverY(table, 'command {D.1}')
    table.caption(
      'Y is decided with {D.1} again. Had the entries gone, A and C would have voted for {}, and what D and E say of X would contradict a fast commit.',
    )
  },
}
