import { expect } from 'chai'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Letter } from './support/letters.ts'
import { Table } from './support/table.ts'

/** A recovery goes on to the end of its validation, with `others` and itself as Q. */
function validate(table: Table, at: Letter, id: InstanceId, others: string): void {
  table.recover(at, id)
  table.sync(at)
  table.deliver('recover', `${at}>${others}`, id)
  table.sync(others)
  table.deliver('recoverOk', `${others}>${at}`, id)
  table.sync(at)
  table.deliver('validate', `${at}>${others}`, id)
  table.sync(others)
  table.deliver('validateOk', `${others}>${at}`, id)
  table.sync(at)
}

/** n = 5, X = A.1 and Y = B.1 conflict. X {} at A and E, Y {} at B and C; each has not reached the rest. */
function twoConflicting() {
  const table = new Table(5)
  const X = table.submit('A')
  const Y = table.submit('B')
  table.sync('AB')
  table.deliver('preAccept', 'A>E', X)
  table.deliver('preAccept', 'B>C', Y)
  table.sync('EC')
  return { table, X, Y }
}

describe('scenarios: recoveries that wait', () => {
  it('B9: a wait with k = n-f-e ends nobody else: Y may have been decided fast', () => {
    const { table, X, Y } = twoConflicting()
    table.deliver('preAccept', 'B>D', Y)
    table.sync('D')
    // E recovers X with B and D, k = 1: it waits for Y.
    validate(table, 'E', X, 'BD')
    expect(table.rule('E', X)).to.equal('4.5.3')
    // B decides Y fast with C and D, tells nobody, and dies.
    table.deliver('preAcceptOk', 'CD>B', Y)
    table.sync('B')
    expect(table.decided(Y)).to.equal('command {}')
    table.drop('commit', 'B>*')
    table.crash('B')
    // C recovers Y with A and E, k = 1: it waits for X, and hears that X waits, with k = 1.
    validate(table, 'C', Y, 'AE')
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
    table.deliver('accept', 'E>AD', X)
    table.sync('AD')
    table.deliver('acceptOk', 'AD>E', X)
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('commit', 'E>C', X)
    table.sync('C')
    expect(table.rule('C', Y)).to.equal('4.5.3 settled')
    table.deliver('accept', 'C>AE', Y)
    table.sync('AE')
    table.deliver('acceptOk', 'AE>C', Y)
    expect(table.decided(Y)).to.equal('command {}')
  })

  it('B9: with |R| = |Q| - e, a rival whose coordinator is outside Q means Nop, at once', () => {
    const { table, X } = twoConflicting()
    validate(table, 'E', X, 'CD')
    expect(table.rule('E', X), 'B, outside Q, would have voted {B.1}').to.equal('4.5.2')
    table.finishRecovery('E', X, 'CD')
    expect(table.decided(X)).to.equal('Nop')
  })

  it('B13, L2: two that wait for each other, both with k = n-f-e, are started again by their owners', () => {
    const { table, X, Y } = twoConflicting()
    validate(table, 'E', X, 'BD')
    validate(table, 'C', Y, 'AD')
    expect([table.rule('E', X), table.rule('C', Y)]).to.deep.equal(['4.5.3', '4.5.3'])
    table.deliver('waiting', 'E>C', X)
    table.deliver('waiting', 'C>E', Y)
    table.sync('CE')
    expect([table.rule('E', X), table.rule('C', Y)], 'neither ends the other').to.deep.equal(['4.5.3', '4.5.3'])
    table.crash('AB')
    const before = [table.record('E', X)!.bal, table.record('C', Y)!.bal]
    table.live('CDE', 1_500)
    expect(table.record('E', X)!.bal, 'E starts again').to.be.above(before[0]!)
    expect(table.record('C', Y)!.bal, 'C starts again').to.be.above(before[1]!)
    table.finishRecovery('E', X, 'CD')
    expect(table.decided(X)).to.equal('Nop')
    table.finishRecovery('C', Y, 'DE')
    expect(table.decided(Y)).to.equal('Nop')
  })
})
