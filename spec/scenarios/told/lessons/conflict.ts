import { must, type Told } from '../told.ts'

/** A conflict: two commands on one key; the second to arrive pays a second round trip. */
export const conflict: Told = {
  name: 'conflict',
  title: 'conflict: two commands on one key, and the later one takes the slow path',
  n: 3,
  tell(table) {
    table.caption('Clients of A and of B put the same key at the same time.')
    const X = table.submit('A')
    const Y = table.submit('B')
    table.sync('AB')
    table.caption('C hears of A.1 first and agrees with A. A.1 is committed, by the fast path, with no dependency.', X)
    table.deliver('preAccept', 'A>C', X)
    table.sync('C')
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    must(table.decided(X), 'command {}', 'the dependencies of A.1')
    table.caption('Then C hears of B.1. It conflicts with A.1, so C answers: B.1 depends on A.1.', X, Y)
    table.deliver('preAccept', 'B>C', Y)
    table.sync('C')
    table.deliver('preAcceptOk', 'C>B', Y)
    table.giveUpFastPath('B')
    table.caption('B and C differ: no fast quorum. B takes the union and asks once more: accept. The slow path.', Y)
    table.sync('B')
    table.deliver('accept', 'B>C', Y)
    table.sync('C')
    table.deliver('acceptOk', 'C>B', Y)
    table.sync('B')
    must(table.decided(Y), 'command {A.1}', 'the dependencies of B.1')
    table.caption('B.1 is committed. B executes it after A.1, once it has heard of that commit.', X, Y)
    table.deliver('commit', 'A>B', X)
    table.sync('B')
    must(table.log('B').length, 2, 'executed at B')
  },
}
