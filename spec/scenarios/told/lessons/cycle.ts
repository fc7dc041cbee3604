import { must, type Told } from '../told.ts'

/** A cycle: two commands that depend on each other are executed together, in one order everywhere. */
export const cycleOfTwo: Told = {
  name: 'cycle',
  title: 'cycle: two commands depend on each other, and all replicas execute them in one order',
  n: 3,
  tell(table) {
    table.caption('Clients of A and of B put the same key at the same time.')
    const X = table.submit('A')
    const Y = table.submit('B')
    table.sync('AB')
    table.caption(
      'The two preAccepts cross. B knows B.1 when it votes for A.1, and A knows A.1 when it votes for B.1.',
      X,
      Y,
    )
    table.deliver('preAccept', 'A>B', X)
    table.deliver('preAccept', 'B>A', Y)
    table.sync('AB')
    table.deliver('preAcceptOk', 'B>A', X)
    table.deliver('preAcceptOk', 'A>B', Y)
    table.giveUpFastPath('A')
    table.giveUpFastPath('B')
    table.caption('So A.1 depends on B.1, and B.1 on A.1. Both take the slow path.', X, Y)
    table.sync('AB')
    table.deliver('accept', 'A>B', X)
    table.deliver('accept', 'B>A', Y)
    table.sync('AB')
    table.deliver('acceptOk', 'B>A', X)
    table.deliver('acceptOk', 'A>B', Y)
    table.sync('AB')
    must([table.decided(X), table.decided(Y)], ['command {B.1}', 'command {A.1}'], 'the dependencies')
    table.caption(
      'Both are committed. Neither can go first, so they are one component: executed together, sorted by id.',
      X,
      Y,
    )
    table.deliver('commit', 'A>B', X)
    table.deliver('commit', 'B>A', Y)
    table.sync('AB')
    must(table.log('A'), table.log('B'), 'the order at A, and at B')
    must(table.log('A').length, 2, 'executed at A')
  },
}
