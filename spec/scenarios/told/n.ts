import { preAccept, proposeTo, recoverWith, validateWith } from '../support/rounds.ts'
import type { Table } from '../support/table.ts'
import { must, type Told } from './told.ts'

/** @param restarts D restarts before it votes for Y: the index stands again from what is on disk (B18) */
export function tellN(table: Table, restarts = false): void {
  table.caption(
    'A proposes X = A.1. Its preAccept reaches C and D, which know of no conflict: both vote for {}. B and E hear nothing.',
  )
  const X = proposeTo(table, 'A>CD')
  table.caption(
    'B proposes Y = B.1 on the same key. Its preAccept reaches E alone, which has not heard of X and votes for {}, too.',
    X,
  )
  const Y = proposeTo(table, 'B>E')
  table.caption(
    'A is slow, and E recovers X with C and D. Two of them voted as A proposed: with A and B, A might have committed X on the fast path. E asks whether anything contradicts that.',
    X,
  )
  validateWith(table, 'E', X, 'CD')
  must(table.rule('E', X), '4.5.3', 'E waits for Y')
  table.caption(
    'Y does: it conflicts with X, and neither depends on the other. Nobody knows yet what becomes of Y, so E waits for it (4.5.3).',
    X,
    Y,
  )
  recoverWith(table, 'D', X, 'AC')
  table.caption(
    'D recovers X as well, at a higher ballot, with A and C. A itself answers, and has not committed: the fast path was not taken (4.3.3). X is decided Nop.',
    X,
  )
  table.deliver('commit', 'D>AC', X)
  must(table.decided(X), 'Nop', 'X')
  if (restarts) {
    table.caption('D restarts. What it knew of the command of X it must know again from its disk (B18).', X)
    table.pass('D', 50)
    table.sync('D')
    table.crash('D')
    table.restart('D')
  }
  table.caption(
    "Only now Y's preAccept comes to D. X is a Nop there, but its command was seen, and a Nop stays in the index (B11): D answers {A.1}, not {}.",
    Y,
  )
  preAccept(table, 'B>D', Y)
  table.deliver('preAcceptOk', 'ED>B', Y)
  table.sync('B')
  table.drop('commit', 'B>*')
  table.caption(
    'So B, E and D do not agree on {}, and B cannot take the fast path. Had D forgotten X because it is a Nop, B would have committed Y with {} here...',
    Y,
  )
  recoverWith(table, 'E', Y, 'CD')
  must(table.decided(Y), 'Nop', 'D has answered {A.1}: no fast path')
  table.caption(
    '... and E, who now recovers Y with C and D, would have found one vote for {} of three, and decided Nop: two decisions for one instance. As it is, Nop is right.',
    Y,
  )
}

export const n: Told = {
  name: 'N',
  title: 'N (B11): a committed Nop stays in the dependencies of what comes after it',
  n: 5,
  tell: table => tellN(table),
}
