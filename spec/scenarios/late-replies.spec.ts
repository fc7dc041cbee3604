import { expect } from 'chai'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import { accept, preAccept, propose, proposeTo, takeSlowPath, validateWith } from './support/rounds.ts'
import { Table } from './support/table.ts'

/** A, outside Q, answers the recovery of X by E after all. */
function answerOfA(table: Table, X: InstanceId): void {
  table.deliver('recover', 'E>A', X)
  table.sync('A')
  table.deliver('recoverOk', 'A>E', X)
  table.sync('E')
}

/** n = 5. X = A.1 and Y = B.1 conflict, and know nothing of each other; E recovers X with {B, D}. */
describe('scenarios: what ends a wait (rule 4.5.3)', () => {
  it('4.5.3 invalidated: a member commits without X among its dependencies', () => {
    const table = new Table(5)
    const X = proposeTo(table, 'A>E')
    const Y = proposeTo(table, 'B>CD')
    validateWith(table, 'E', X, 'BD')
    expect(table.rule('E', X)).to.equal('4.5.3')
    table.deliver('preAcceptOk', 'CD>B', Y)
    table.sync('B')
    expect(table.decided(Y)).to.equal('command {}')
    table.deliver('commit', 'B>E', Y)
    table.sync('E')
    expect(table.rule('E', X)).to.equal('4.5.3 invalidated')
    accept(table, 'E', 'CD', X)
    expect(table.decided(X)).to.equal('Nop')
  })

  it('4.5.3 late commit: X was decided fast, and its coordinator says so', () => {
    const table = new Table(5)
    const X = proposeTo(table, 'A>DE')
    proposeTo(table, 'B>C')
    table.deliver('preAcceptOk', 'DE>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    table.drop('commit', 'A>*')
    validateWith(table, 'E', X, 'BD')
    expect(table.rule('E', X), 'B knows Y').to.equal('4.5.3')
    answerOfA(table, X)
    expect(table.rule('E', X), 'A tells of its commit').to.equal('4.5.3 late commit')
    table.deliverIfSent('accept', 'E>BD', X)
    table.sync('BD')
    table.deliverIfSent('acceptOk', 'BD>E', X)
    table.deliver('commit', 'E>B', X)
    expect(table.record('B', X)?.phase).to.equal('committed')
  })

  it('4.5.3 late accept: what its coordinator has accepted at ballot 0 is proposed', () => {
    const table = new Table(5)
    propose(table, 'B')
    table.deliver('preAccept', 'B>C')
    table.sync('C')
    const X = propose(table, 'A')
    preAccept(table, 'A>CE', X)
    takeSlowPath(table, 'CE>A', X)
    table.drop('accept', 'A>*')
    validateWith(table, 'E', X, 'BD')
    expect(table.rule('E', X)).to.equal('4.5.3')
    answerOfA(table, X)
    expect(table.rule('E', X)).to.equal('4.5.3 late accept')
    accept(table, 'E', 'BD', X)
    expect(table.decided(X)).to.equal('command {B.1}')
  })
})
