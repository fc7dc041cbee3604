import { expect } from 'chai'
import { accept, proposeTo, recoverWith, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { checkpoint, execute, gossip, letGo, lettingGo } from './support/upkeep.ts'

describe('scenarios: votes before the state (rule 8.14)', () => {
  /** n = 3. X = C.1 is executed at A, B and C, and gone at A and B, whose checkpoint has it. A restarts; its state loads. */
  function aHasLetXGo() {
    const table = new Table(3, lettingGo)
    const X = execute(table, 'C', 'AB')
    gossip(table, 'ABC')
    letGo(table, 'AB')
    table.crash('A')
    table.restart('A', 'early')
    expect([table.status('A').state, table.log('A')], 'nothing is loaded').to.deep.equal(['loading', []])
    return { table, X }
  }

  it('T11: what its checkpoint has executed is gone from the first vote on', () => {
    const { table, X } = aHasLetXGo()
    table.ask('B>A', { type: 'recover', id: X, bal: 4 })
    table.sync('A')
    expect(table.inFlight('recoverOk', 'A>B', X)).to.have.length(0)
    expect(table.inFlight('stable', 'A>B', X)).to.have.length(1)
  })

  it('T11: it votes with the index of its checkpoint', () => {
    const table = new Table(3, lettingGo)
    execute(table, 'C', 'A')
    gossip(table, 'AC')
    letGo(table, 'AC')
    table.crash('AC')
    table.restart('A', 'early')
    // B has not heard of C.1.
    const Y = proposeTo(table, 'B>A')
    takeSlowPath(table, 'A>B', Y)
    accept(table, 'B', 'A', Y)
    expect(table.decided(Y), 'by the vote of A, whose state is not there').to.equal('command {C.1}')
    table.deliver('commit', 'B>A', Y)
    table.sync('A')
    expect(table.log('A'), 'nothing is executed yet').to.have.length(0)
    table.load('A')
    expect(table.log('A')).to.have.length(2)
  })

  it('rule 8.14: it leads a recovery to its end', () => {
    const { table } = aHasLetXGo()
    const Y = proposeTo(table, 'C>B')
    table.crash('C')
    recoverWith(table, 'A', Y, 'B')
    expect(table.decided(Y)).to.equal('command {C.1}')
  })

  it('rule 8.14: no client is served, and nothing is said of sessions', () => {
    const { table } = aHasLetXGo()
    const client = table.connect('A')
    const payload = table.append('Y')
    table.request(client, { type: 'propose', request: 1, payload })
    table.request(client, { type: 'query', request: 2, payload: table.scan() })
    table.request(client, { type: 'endSession', request: 3, session: '1.unknown' })
    table.request(client, { type: 'openSession', request: 4 })
    table.request(client, { type: 'backup', request: 5, digest: '', offset: 0 })
    expect(client.answers.map(answer => answer.type === 'refused' && answer.code)).to.deep.equal(
      Array.from({ length: 5 }, () => 'notReady'),
    )
    table.load('A')
    table.request(client, { type: 'query', request: 6, payload: table.scan() })
    expect(client.answers.at(-1)).to.include({ type: 'result', request: 6 })
  })

  /** The same, and Y of B is executed at A and B, after the checkpoint of A: A has its commit in its journal, and says so. */
  function aHasToldY() {
    const table = new Table(3, { ...lettingGo, snapshotCommands: 3 })
    execute(table, 'C', 'AB')
    execute(table, 'C', 'AB', 'x')
    gossip(table, 'ABC')
    letGo(table, 'AB')
    expect(table.status('A').snapshot, 'A has a checkpoint').to.not.equal(undefined)
    const Y = execute(table, 'B', 'A')
    gossip(table, 'AB')
    return { table, Y }
  }

  it('T12: it claims what it told as executed, though its checkpoint has less', () => {
    const { table, Y } = aHasToldY()
    table.crash('A')
    table.restart('A', 'early')
    expect(table.log('A'), 'Y is not executed yet').to.have.length(0)
    expect(table.greeting('A').executed[Y.rank]).to.equal(Y.index)
    expect(table.greet('A>B'), 'B has heard it').to.equal('let in')
  })

  it('T13: a commit whose dependency is not decided is not told as executed', () => {
    const { table } = aHasToldY()
    const W = proposeTo(table, 'C>B')
    const X = proposeTo(table, 'B>C')
    table.deliver('preAcceptOk', 'C>B', X)
    table.sync('B')
    expect(table.decided(X)).to.equal('command {B.1, C.3}')
    table.deliver('commit', 'B>A', X)
    table.pass('A', 20)
    table.sync('A')
    table.crash('A')
    table.restart('A', 'early')
    expect(table.record('A', X)?.phase, 'it is on disk').to.equal('committed')
    expect(table.greeting('A').executed[X.rank]).to.equal(X.index - 1)
    expect(table.decided(W)).to.equal(undefined)
  })

  it('T14: its journal is executed on the state, and not before it stands', () => {
    const { table } = aHasToldY()
    table.crash('A')
    table.restart('A', 'early')
    table.pass('A', 2)
    expect(table.log('A')).to.have.length(0)
    table.load('A')
    expect(table.log('A')).to.deep.equal(table.log('B'))
  })

  it('T14: no checkpoint begins before the state stands, whoever asks for one', () => {
    const { table } = aHasToldY()
    table.crash('A')
    table.restart('A', 'early')
    table.ask('C>A', { type: 'fetchSnapshot', digest: '', offset: 0 })
    expect(table.inFlight('snapshotChunk', 'A>C'), 'it offers none').to.have.length(0)
    table.load('A')
    checkpoint(table, 'A')
    table.crash('A')
    table.restart('A')
    expect([table.log('A').length, table.log('A', 'x').length]).to.deep.equal([2, 1])
  })
})
