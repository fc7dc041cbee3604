import { finishRecovery, live, validateWith } from '../support/rounds.ts'
import { must, type Told } from './told.ts'

export const l2: Told = {
  name: 'L2',
  title: 'L2: two that wait for each other, both with k = n-f-e, are started again by their owners',
  n: 5,
  tell(table) {
    table.caption(
      'A proposes X = A.1, which reaches E alone; B proposes Y = B.1 on the same key, which reaches C alone.',
    )
    const X = table.submit('A')
    const Y = table.submit('B')
    table.sync('AB')
    table.deliver('preAccept', 'A>E', X)
    table.deliver('preAccept', 'B>C', Y)
    table.sync('EC')
    table.caption(
      'E recovers X with B and D. B, which proposed Y, says that Y could invalidate X: E waits for Y (4.5.3).',
      X,
    )
    validateWith(table, 'E', X, 'BD')
    table.caption(
      'C recovers Y with A and D. A says that X could invalidate Y: C waits for X. Now each waits for the other.',
      X,
      Y,
    )
    validateWith(table, 'C', Y, 'AD')
    must([table.rule('E', X), table.rule('C', Y)], ['4.5.3', '4.5.3'], 'both wait')
    table.caption(
      'They tell each other how tight it is: k = 1 both. Only a k above n - f - e would end the wait of the other.',
      X,
      Y,
    )
    table.deliver('waiting', 'E>C', X)
    table.deliver('waiting', 'C>E', Y)
    table.sync('CE')
    must([table.rule('E', X), table.rule('C', Y)], ['4.5.3', '4.5.3'], 'neither ends the other')
    table.caption('A and B crash: nobody who could say more will ever come.', X, Y)
    table.crash('AB')
    const before = [table.record('E', X)!.bal, table.record('C', Y)!.bal]
    table.caption(
      'Time passes. An attempt that has had its delay is started again by its owner, at a higher ballot (4.6, L2): without that both would wait for ever.',
      X,
      Y,
    )
    live(table, 'CDE', 1_500)
    must(table.record('E', X)!.bal > before[0]!, true, 'E starts again')
    must(table.record('C', Y)!.bal > before[1]!, true, 'C starts again')
    table.caption(
      'This time E hears C and D, who have not voted for X as A proposed it: one vote of three is too few for a fast commit. X is decided Nop.',
      X,
    )
    finishRecovery(table, 'E', X, 'CD')
    must(table.decided(X), 'Nop', 'X')
    finishRecovery(table, 'C', Y, 'DE')
    must(table.decided(Y), 'Nop', 'Y')
    table.caption(
      'And so is Y. Both commands are proposed anew when their coordinators, or their clients, come back.',
      X,
      Y,
    )
  },
}
