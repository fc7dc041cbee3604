import { expect } from 'chai'
import { quietHeartbeat } from './support/quiet-heartbeat.ts'
import { finishRecovery, preAccept, propose, proposeTo } from './support/rounds.ts'
import { Table } from './support/table.ts'

/** Longer than a flush takes that is not slow. */
const slowMs = 110

describe('scenarios: a slow disk holds up nobody else (section 4, slow flushes)', () => {
  it('L8: a fast commit that waits for a slow flush is left to another, which decides the same', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    expect(table.inFlight('tryRecover', 'A>*', X), 'not yet').to.have.length(0)
    table.pass('A', slowMs)
    table.deliver('tryRecover', 'A>B', X)
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {}')
    table.deliver('commit', 'B>A', X)
    expect(table.log('A'), 'executed where it was proposed, before the flush').to.have.length(1)
  })

  it('L8: an accept that waits for a slow flush is left to another: Nop, and its command goes on under a new id', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    for (const each of ['B', 'C'] as const) {
      const Y = propose(table, each)
      table.drop('preAccept', `${each}>*`, Y)
      preAccept(table, `A>${each}`, X)
    }
    table.deliver('preAcceptOk', 'BC>A', X)
    table.pass('A', slowMs)
    table.deliver('tryRecover', 'A>B', X)
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('commit', 'B>A', X)
    table.sync('A')
    expect(table.inFlight('preAccept', 'A>B').filter(({ message }) => message.id.index > X.index)).to.not.have.length(0)
  })

  it('L8: who says that its own flushes are slow is not asked', () => {
    const table = new Table(3)
    table.ask('B>A', { ...quietHeartbeat([0, 0, 0]), canVote: true, slow: true })
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.pass('A', slowMs)
    expect(table.inFlight('tryRecover', 'A>B', X)).to.have.length(0)
    expect(table.inFlight('tryRecover', 'A>C', X)).to.have.length(1)
  })
})
