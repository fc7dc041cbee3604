import { must, type Told } from '../told.ts'

/** The fast path: one command, nothing in its way, one round trip. */
export const fastPath: Told = {
  name: 'fast',
  title: 'fast: nothing conflicts, and one round trip decides',
  n: 3,
  tell(table) {
    table.caption('A client of A puts a key. A makes it durable and asks all replicas: preAccept.')
    const X = table.submit('A')
    table.sync('A')
    table.caption('B knows nothing that conflicts with A.1: its answer has the dependencies that A proposed, none.', X)
    table.deliver('preAccept', 'A>B', X)
    table.sync('B')
    table.caption('A and B agree. Two of three are a fast quorum: A.1 is committed after one round trip.', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    must(table.decided(X), 'command {}', 'the dependencies of A.1')
    table.caption('A has executed it and answers its client. The others learn the commit.', X)
    table.deliver('preAccept', 'A>C', X)
    table.sync('C')
    table.deliver('commit', 'A>BC', X)
    table.sync('BC')
    must(table.log('C').length, 1, 'executed at C')
  },
}
