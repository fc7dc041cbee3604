import { must, type Told } from '../told.ts'

/** A coordinator dies: another replica finishes what it began. */
export const coordinatorDies: Told = {
  name: 'crash',
  title: 'crash: a coordinator dies, and another replica finishes its command',
  n: 3,
  tell(table) {
    table.caption('A client of A puts a key. A asks all replicas, but its preAccept reaches B alone.')
    const X = table.submit('A')
    table.sync('A')
    table.deliver('preAccept', 'A>B', X)
    table.sync('B')
    table.drop('preAccept', 'A>C', X)
    table.caption('A dies. Its client has no answer, and whether A.1 was committed nobody left can know.', X)
    table.crash('A')
    table.recover('B', X)
    table.sync('B')
    table.caption('B recovers A.1 at a ballot of its own: recover. C promises to take nothing older.', X)
    table.deliver('recover', 'B>C', X)
    table.sync('C')
    table.deliver('recoverOk', 'C>B', X)
    table.sync('B')
    table.caption(
      'A may have committed A.1 with what B voted for. B asks C whether anything contradicts that: validate. Nothing does.',
      X,
    )
    table.deliver('validate', 'B>C', X)
    table.sync('C')
    table.deliver('validateOk', 'C>B', X)
    table.sync('B')
    table.caption('So B proposes exactly that, by the slow path, and it is committed and executed without A.', X)
    table.deliver('accept', 'B>C', X)
    table.sync('C')
    table.deliver('acceptOk', 'C>B', X)
    table.sync('B')
    must(table.decided(X), 'command {}', 'the dependencies of A.1')
    table.deliver('commit', 'B>C', X)
    table.sync('C')
    must(table.log('C').length, 1, 'executed at C')
  },
}
