import { proposeTo, proposeUnheard, recoverWith, takeSlowPath } from '../support/rounds.ts'
import { must, type Told } from './told.ts'

export const d2: Told = {
  name: 'D2',
  title: 'D2 (B22): accept leaves after the own accept is durable',
  n: 3,
  tell(table) {
    table.caption('B proposes Y = B.1, and nobody else hears of it.')
    const Y = proposeUnheard(table, 'B')
    table.caption('A proposes X = A.1 on the same key. B answers {B.1}, C will answer {}.')
    const X = proposeTo(table, 'A>BC')
    table.caption(
      "B's answer comes, C's does not: A gives up the fast path and fixes {B.1}. First it writes that down, then it sends accept (section 6).",
      X,
    )
    takeSlowPath(table, 'B>A', X)
    table.deliver('accept', 'A>C', X)
    table.sync('C')
    table.caption('C has accepted {B.1}. A crashes and restarts. It finds its own accept on its disk.', X, Y)
    table.crash('A')
    table.restart('A')
    table.caption(
      "C's old answer {} arrives at last. With A's own {} that would be a fast quorum, if A had forgotten that it has moved on.",
      X,
    )
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    must(table.decided(X), undefined, 'nothing is decided')
    table.caption(
      'It has not: nothing is committed. A crashes for good; B recovers X with C, and finds the accept of {B.1}.',
      X,
    )
    table.crash('A')
    recoverWith(table, 'B', X, 'C')
    must(table.decided(X), 'command {B.1}', 'X')
    table.caption(
      'X is decided with {B.1}. Had A sent accept before it was on its disk, it would have committed {} a moment ago.',
      X,
    )
  },
}
