import { preAccept, proposeTo, recoverWith } from '../support/rounds.ts'
import { execute } from '../support/upkeep.ts'
import { must, type Told } from './told.ts'

export const d1: Told = {
  name: 'D1',
  title: 'D1 (B21): the faster rule: a replica that forgot its Y votes for X behind it',
  n: 5,
  // With the first index the second is reserved.
  limits: { reservedIndices: 4 },
  tell(table) {
    table.caption(
      'The faster rule lets a preAccept leave before its own record is on disk: only that its index is taken must be there. E has indices reserved with its first command.',
    )
    execute(table, 'E', 'ABCD', 'elsewhere')
    const Y = table.submit('E')
    table.caption('E proposes Y = E.2, which leaves at once, and reaches D alone.', Y)
    preAccept(table, 'E>D', Y)
    table.drop('preAccept', 'E>*')
    table.caption(
      'E dies before the record of Y is on its disk, and restarts: it has forgotten Y. It knows that it may have proposed anything up to its reserved index 2.',
      Y,
    )
    table.crash('E')
    table.restart('E')
    must(table.record('E', Y), undefined, 'what E knows of Y')
    table.caption(
      'A proposes X = A.1 on the key of Y. B votes for {}. E puts up its barrier: whatever it is asked to vote for comes behind all that it may have forgotten, {E.2} (B21).',
      Y,
    )
    const X = proposeTo(table, 'A>BE')
    table.deliver('preAcceptOk', 'BE>A', X)
    table.sync('A')
    must(table.decided(X), undefined, 'E deviates: X')
    table.caption(
      'So A cannot take the fast path with {}. Without the barrier it would have committed X here, and told its client.',
      X,
    )
    table.drop('commit', 'A>*')
    table.drop('preAccept', 'A>*')
    table.crash('A')
    table.caption(
      'A dies. D, the one who has Y, recovers X with B and C: one vote for X, and Y could invalidate it. E, which proposed Y, is not among them: had X been committed fast, E would have seen Y and said so (4.5.2).',
      X,
      Y,
    )
    recoverWith(table, 'D', X, 'BC')
    must(table.decided(X), 'Nop', 'X')
    table.caption('X is decided Nop, and nobody has seen anything else.', X)
  },
}
