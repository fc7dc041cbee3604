import { proposeTo, recoverFrom, recoverWith } from '../support/rounds.ts'
import { must, type Told } from './told.ts'

export const v: Told = {
  name: 'V',
  title: 'V (B8): a duplicate of validate that comes after the accept of its ballot changes nothing',
  n: 5,
  tell(table) {
    table.caption(
      'A proposes X = A.1, which reaches C alone; B proposes Y = B.1 on the same key, which reaches E alone.',
    )
    const X = proposeTo(table, 'A>C')
    proposeTo(table, 'B>E')
    table.caption(
      'D recovers X with C and E. C voted for {}: A might have committed on the fast path. D sends validate to C and E; the network will bring that to E twice.',
      X,
    )
    recoverFrom(table, 'D', X, 'CE')
    const duplicate = table.inFlight('validate', 'D>E', X)
    table.deliver('validate', 'D>CE', X)
    table.sync('CED')
    table.caption(
      'E knows Y, which conflicts with X and does not depend on it: it could invalidate X. One vote is as few as could be, and the coordinator of Y is not among C, D, E: then X was not committed (4.5.2).',
      X,
    )
    table.deliver('validateOk', 'CE>D', X)
    table.sync('D')
    must(table.rule('D', X), '4.5.2', 'the rule')
    table.caption('D lets Nop be accepted by C and E.', X)
    table.deliver('accept', 'D>CE', X)
    table.sync('CE')
    table.caption(
      'The duplicate of validate comes to E: of the same ballot, but after its accept. E stands by its vote: its phase guards it (B8).',
      X,
    )
    table.repeat(duplicate)
    table.sync('E')
    must(table.record('E', X)?.cmd, 'nop', 'E stands by its vote')
    table.deliver('acceptOk', 'CE>D', X)
    must(table.decided(X), 'Nop', 'X')
    table.drop('commit', 'D>*')
    table.caption(
      'D tells nobody that X is decided Nop. E recovers it with A and B: its own vote at that ballot says Nop (4.3.2). Had the duplicate made it forget the vote, another value could be decided now.',
      X,
    )
    recoverWith(table, 'E', X, 'AB')
    must(table.rule('E', X), '4.3.2', 'the rule of E')
    must(table.decided(X), 'Nop', 'X, again')
  },
}
