import { expect } from 'chai'
import type { Limits } from '../../actors/shared/limits.ts'
import { accept, finishRecovery, preAccept, proposeTo, validateWith } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { execute, gossip, installFrom, letGo, lettingGo } from './support/upkeep.ts'
import { l2 } from './told/l2.ts'

/** n = 5, X = A.1 and Y = B.1 conflict. X {} at A and E, Y {} at B and C; each has not reached the rest. */
function twoConflicting(limits: Partial<Limits> = {}) {
  const table = new Table(5, limits)
  const X = table.submit('A')
  const Y = table.submit('B')
  table.sync('AB')
  table.deliver('preAccept', 'A>E', X)
  table.deliver('preAccept', 'B>C', Y)
  table.sync('EC')
  return { table, X, Y }
}

/** B has decided Y fast with C and D; E recovers X, C recovers Y, both with one vote; each waits for the other. */
function bothWait({ table, X, Y }: ReturnType<typeof twoConflicting>) {
  // E recovers X with B and D, k = 1: it waits for Y.
  validateWith(table, 'E', X, 'BD')
  expect(table.rule('E', X)).to.equal('4.5.3')
  // B decides Y fast with C and D, tells nobody, and dies.
  table.deliver('preAcceptOk', 'CD>B', Y)
  table.sync('B')
  expect(table.decided(Y)).to.equal('command {}')
  table.drop('commit', 'B>*')
  table.crash('B')
  // C recovers Y with A and E, k = 1: it waits for X, and hears that X waits, with k = 1.
  validateWith(table, 'C', Y, 'AE')
  expect(table.rule('C', Y)).to.equal('4.5.3')
  table.deliver('waiting', 'E>C', X)
  table.sync('C')
  expect(table.rule('C', Y), 'k is not above n-f-e: C goes on waiting').to.equal('4.5.3')
  // A, the coordinator of X, answers E late.
  table.deliver('recover', 'E>A', X)
  table.sync('A')
  table.deliver('recoverOk', 'A>E', X)
  table.sync('E')
  expect(table.rule('E', X)).to.equal('4.5.3 late coordinator')
  accept(table, 'E', 'AD', X)
  expect(table.decided(X)).to.equal('Nop')
  table.deliver('commit', 'E>C', X)
  table.sync('C')
  expect(table.rule('C', Y)).to.equal('4.5.3 settled')
  accept(table, 'C', 'AE', Y)
  expect(table.decided(Y)).to.equal('command {}')
}

describe('scenarios: recoveries that wait', () => {
  it('B9: a wait with k = n-f-e ends nobody else: Y may have been decided fast', () => {
    const both = twoConflicting()
    preAccept(both.table, 'B>D', both.Y)
    bothWait(both)
  })

  it('T6 (B9): the vote for X that E had in a snapshot is none of D, which has installed it', () => {
    const both = twoConflicting(lettingGo)
    const { table, X, Y } = both
    preAccept(table, 'B>D', Y)
    execute(table, 'E', 'AC', 'x')
    gossip(table, 'ACE')
    letGo(table, 'AEC')
    installFrom(table, 'D', 'E')
    expect(table.log('D', 'x')).to.have.length(1)
    expect(table.record('D', X)).to.equal(undefined)
    bothWait(both)
  })

  it('B9: with |R| = |Q| - e, a rival whose coordinator is outside Q means Nop, at once', () => {
    const { table, X } = twoConflicting()
    validateWith(table, 'E', X, 'CD')
    expect(table.rule('E', X), 'B, outside Q, would have voted {B.1}').to.equal('4.5.2')
    finishRecovery(table, 'E', X, 'CD')
    expect(table.decided(X)).to.equal('Nop')
  })

  it('L2: two that wait for each other, both with k = n-f-e, are started again by their owners', () => {
    l2.tell(new Table(l2.n))
  })

  it('4.5.3: a recovery that waits gives its slot up, to the one that it waits for among others', () => {
    const table = new Table(5, { recoveriesMax: 1 })
    const X = proposeTo(table, 'A>CD')
    const Y = proposeTo(table, 'B>E')
    validateWith(table, 'E', X, 'CD')
    expect(table.rule('E', X), 'E waits for Y, and may lead one recovery').to.equal('4.5.3')
    table.crash('AB')
    table.recover('E', Y)
    finishRecovery(table, 'E', Y, 'CD')
    expect(table.decided(Y)).to.equal('Nop')
    expect(table.rule('E', X)).to.equal('4.5.3 settled')
    accept(table, 'E', 'CD', X)
    expect(table.decided(X)).to.equal('command {}')
  })

  it('B13: of two that wait for each other, the one that hears of k > n-f-e gives way', () => {
    const table = new Table(5)
    const X = proposeTo(table, 'A>CD')
    const Y = proposeTo(table, 'B>E')
    // E recovers X, k = 2, and waits for Y; C recovers Y, k = 1, and waits for X.
    validateWith(table, 'E', X, 'CD')
    validateWith(table, 'C', Y, 'AE')
    expect([table.rule('E', X), table.rule('C', Y)]).to.deep.equal(['4.5.3', '4.5.3'])
    table.deliver('waiting', 'C>E', Y)
    table.deliver('waiting', 'E>C', X)
    table.sync('CE')
    expect([table.rule('E', X), table.rule('C', Y)], 'k of X is above n-f-e').to.deep.equal(['4.5.3', '4.5.3 waiting'])
    accept(table, 'C', 'AE', Y)
    expect(table.decided(Y)).to.equal('Nop')
    table.deliver('commit', 'C>E', Y)
    table.sync('E')
    expect(table.rule('E', X)).to.equal('4.5.3 settled')
    accept(table, 'E', 'CD', X)
    expect(table.decided(X)).to.equal('command {}')
  })
})
