import { expect } from 'chai'
import { Table } from './support/table.ts'

/** n = 5: X of A is known everywhere, and A is dead. */
function orphan() {
  const table = new Table(5)
  const X = table.submit('A')
  table.sync('A')
  table.deliver('preAccept', 'A>BCDE', X)
  table.sync('BCDE')
  table.drop('preAcceptOk', '*>*')
  table.crash('A')
  return { table, X }
}

describe('scenarios: who recovers, and when', () => {
  it('B14: one recovers what a dead coordinator has left, and the others ask it to', () => {
    const { table, X } = orphan()
    table.live('BCDE', 800)
    expect(table.inFlight('recover', 'B>C', X)).to.not.have.length(0)
    expect(table.inFlight('recover', 'CDE>*', X), 'nobody but B').to.have.length(0)
    table.finishRecovery('B', X, 'CD')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('L4: who cannot vote is not asked, though its heartbeats come', () => {
    const { table, X } = orphan()
    table.crash('B')
    for (let passed = 0; passed < 800; passed += 100) {
      const mute = { known: [0, 0, 0, 0, 0], executed: [0, 0, 0, 0, 0], canVote: false, inStep: true }
      for (const at of ['C', 'D', 'E'] as const) table.ask(`B>${at}`, { type: 'heartbeat', ...mute })
      table.live('CDE', 100)
    }
    expect(table.inFlight('tryRecover', '*>B', X)).to.have.length(0)
    expect(table.inFlight('recover', 'C>D', X), 'C leads').to.not.have.length(0)
    expect(table.inFlight('recover', 'DE>*', X)).to.have.length(0)
    table.finishRecovery('C', X, 'DE')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('L1: the coordinator recovers once its own ballot has moved, and proposes its command anew', async () => {
    const table = new Table(3)
    const X = table.submit('A')
    table.sync('A')
    table.drop('preAccept', 'A>*')
    table.recover('B', X)
    table.sync('B')
    table.deliver('recover', 'B>A', X)
    table.sync('A')
    table.drop('recoverOk', 'A>*')
    table.crash('B')
    table.pass('A', 1_000)
    table.sync('A')
    expect(table.inFlight('recover', 'A>C', X)).to.not.have.length(0)
    table.finishRecovery('A', X, 'C')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('preAccept', 'A>C')
    table.sync('C')
    table.deliver('preAcceptOk', 'C>A')
    table.sync('A')
    expect(await table.answers()).to.have.length(1)
  })

  it('L3: a recoverer that is refused does not start again at once', () => {
    const table = new Table(3)
    const X = table.submit('A')
    table.sync('A')
    table.deliver('preAccept', 'A>BC', X)
    table.sync('BC')
    table.drop('preAcceptOk', '*>*')
    table.crash('A')
    table.restart('A')
    table.recover('C', X)
    table.recover('B', X)
    table.sync('BC')
    table.deliver('recover', 'C>A', X)
    table.sync('A')
    table.deliver('recover', 'B>A', X)
    table.sync('A')
    const before = table.record('B', X)!.bal
    table.deliver('nack', 'A>B', X)
    table.pass('B', 50)
    table.sync('B')
    expect(table.record('B', X)!.bal, 'it lets the higher one finish').to.equal(before)
    table.finishRecovery('C', X, 'A')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('commit', 'C>B', X)
    table.pass('B', 5_000)
    expect(table.record('B', X)!.phase).to.equal('committed')
  })
})
