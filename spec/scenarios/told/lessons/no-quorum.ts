import { must, type Told } from '../told.ts'

/** No quorum: a replica alone decides nothing, and goes on by itself when another returns. */
export const noQuorum: Told = {
  name: 'quorum',
  title: 'quorum: without a majority nothing is decided, and nothing is lost',
  n: 3,
  tell(table) {
    table.caption('B and C are down. A client of A puts a key all the same.')
    table.crash('BC')
    const X = table.submit('A')
    table.sync('A')
    table.caption('A alone is no quorum. It waits and asks again, at growing delays; nothing is decided.', X)
    table.drop('preAccept', 'A>BC', X)
    table.pass('A', 300)
    must(table.decided(X), undefined, 'what was decided')
    table.caption('B returns. It has its votes on disk, so it may vote.', X)
    table.drop('preAccept', 'A>BC', X)
    table.restart('B')
    table.pass('A', 500)
    table.deliver('preAccept', 'A>B', X)
    table.sync('B')
    table.caption('Two of three are a quorum again: A.1 is committed, and the client is answered, late.', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    must(table.decided(X), 'command {}', 'the dependencies of A.1')
    must(table.log('A').length, 1, 'executed at A')
  },
}
