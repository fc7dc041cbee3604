import { expect } from 'chai'
import { preAccept, propose, proposeTo, recoverWith, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { execute, gossip, installFrom, letGo, lettingGo } from './support/upkeep.ts'

describe('scenarios: snapshots of others (section 8)', () => {
  /** n = 3. C.1, on another key, is executed at A and C, and gone at C: B needs a snapshot of C. */
  function bHasMissedC1(table: Table) {
    execute(table, 'C', 'A', 'x')
    gossip(table, 'AC')
    letGo(table, 'CA')
  }

  /** The same, and Y {} of A was decided by the votes of A and B, and told to nobody. C knows nothing of Y; A is dead. */
  function bHasVotedForY() {
    const table = new Table(3, lettingGo)
    bHasMissedC1(table)
    const Y = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', Y)
    table.sync('A')
    expect(table.decided(Y)).to.equal('command {}')
    table.drop('commit', 'A>*')
    table.crash('A')
    installFrom(table, 'B', 'C')
    expect(table.log('B', 'x'), 'it came with the snapshot').to.have.length(1)
    return { table, Y }
  }

  it('section 8: a snapshot comes in parts', () => {
    const table = new Table(3, { ...lettingGo, snapshotChunkBytes: 100 })
    bHasMissedC1(table)
    installFrom(table, 'B', 'C')
    expect(table.log('B', 'x')).to.have.length(1)
  })

  it('T6: who installs a snapshot keeps its votes', () => {
    const { table, Y } = bHasVotedForY()
    recoverWith(table, 'C', Y, 'B')
    expect(table.decided(Y)).to.equal('command {}')
  })

  it('T6: who installs a snapshot keeps its votes, also after a restart', () => {
    const { table, Y } = bHasVotedForY()
    table.crash('B')
    table.restart('B')
    expect(table.log('B', 'x')).to.have.length(1)
    recoverWith(table, 'C', Y, 'B')
    expect(table.decided(Y)).to.equal('command {}')
  })

  it('T6: the indices are merged by maximum: what B knows and C does not stays', () => {
    const { table } = bHasVotedForY()
    const Z = proposeTo(table, 'C>B')
    const [vote] = table.inFlight('preAcceptOk', 'B>C', Z)
    takeSlowPath(table, 'B>C', Z)
    expect(vote?.message.dep[0], 'B has voted for Y').to.equal(1)
    table.deliver('accept', 'C>B', Z)
    table.sync('B')
    table.deliver('acceptOk', 'B>C', Z)
    table.sync('C')
  })

  it('T6: of C it learns what it never had a payload of', () => {
    const table = new Table(3, lettingGo)
    bHasMissedC1(table)
    installFrom(table, 'B', 'C')
    const Y = propose(table, 'B', 'x')
    expect(table.record('B', Y)?.dep, 'B knows C.1').to.deep.equal([0, 0, 1])
  })

  /**
   * n = 5. X = A.1 and after it Z = B.1 are executed at A and B, by the votes of A, B and C; D has both with a snapshot of
   * A, and no record of them; E knows neither. A and B are dead.
   */
  function dHasXByASnapshot() {
    const table = new Table(5, lettingGo)
    execute(table, 'C', 'AB', 'w')
    gossip(table, 'ABC')
    const X = proposeTo(table, 'A>BC')
    table.deliver('preAcceptOk', 'BC>A', X)
    table.sync('A')
    table.deliver('commit', 'A>B', X)
    const Z = proposeTo(table, 'B>AC')
    table.deliver('preAcceptOk', 'AC>B', Z)
    table.sync('B')
    table.deliver('commit', 'B>A', Z)
    expect([table.decided(X), table.decided(Z)]).to.deep.equal(['command {}', 'command {A.1}'])
    letGo(table, 'ABC')
    installFrom(table, 'D', 'A')
    expect(table.log('D')).to.have.length(2)
    expect(table.record('D', X), 'no record came with it').to.equal(undefined)
    table.crash('AB')
    return { table, X }
  }

  it('T6: what is executed in an installed snapshot is answered as stable, never as new', () => {
    const { table, X } = dHasXByASnapshot()
    recoverWith(table, 'E', X, 'CD')
    table.deliverIfSent('stable', 'D>E', X)
    expect(table.decided(X)).to.equal('command {}')
    expect(table.inFlight('accept', 'E>*', X), 'C and E are no quorum').to.have.length(0)
  })

  it('T6: who has it with a snapshot gives it as a snapshot', () => {
    const { table } = dHasXByASnapshot()
    gossip(table, 'D')
    installFrom(table, 'E', 'D')
    expect(table.log('E'), 'D has given it').to.deep.equal(table.log('D'))
  })

  it('T6: an old vote says nothing of what a snapshot has executed', () => {
    const table = new Table(3, lettingGo)
    execute(table, 'C', 'A', 'w')
    gossip(table, 'AC')
    execute(table, 'A', 'C', 'x')
    // A decides X, its second, with B, and tells nobody; its snapshot has it.
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    table.drop('commit', 'A>*', X)
    letGo(table, 'AC')
    installFrom(table, 'B', 'A')
    expect([table.log('A'), table.log('B')].map(log => log.length)).to.deep.equal([1, 1])
    table.crash('A')
    recoverWith(table, 'C', X, 'B')
    expect(table.decided(X), 'A.1, executed and of another key, does not stand against A.2').to.equal('command {}')
  })

  it('T6 (B26): a vote for what was a Nop in the snapshot makes it no command', () => {
    const table = new Table(3, lettingGo)
    const X = proposeTo(table, 'A>B')
    const Z = proposeTo(table, 'C>B')
    recoverWith(table, 'A', Z, 'C')
    expect(table.decided(Z)).to.equal('Nop')
    table.deliver('commit', 'A>C', Z)
    gossip(table, 'AC')
    letGo(table, 'CA')
    installFrom(table, 'B', 'C')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    table.drop('commit', 'A>*')
    table.crash('A')
    recoverWith(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('T7: what the snapshot lacks is executed again from its record, and answered once', () => {
    const table = new Table(3, lettingGo)
    bHasMissedC1(table)
    const client = table.connect('B')
    const Y = table.request(client, { type: 'propose', request: 1, payload: table.append('Y') })!
    table.sync('B')
    preAccept(table, 'B>A', Y)
    table.deliver('preAcceptOk', 'A>B', Y)
    table.sync('B')
    table.drop('commit', 'B>*')
    expect(client.answers).to.have.length(1)
    installFrom(table, 'B', 'C')
    expect([table.log('B', 'x').length, table.log('B')], 'both are executed').to.deep.equal([1, ['Y']])
    expect(client.answers).to.have.length(1)
  })

  it('T7: a snapshot that lacks what is gone here is refused, and another donor is asked', () => {
    const table = new Table(3, lettingGo)
    execute(table, 'B', 'A')
    gossip(table, 'AB')
    letGo(table, 'BA')
    bHasMissedC1(table)
    installFrom(table, 'B', 'C')
    expect(table.log('B'), 'C has never heard of B.1').to.have.length(1)
    expect(table.log('B', 'x')).to.have.length(0)
    gossip(table, 'A')
    installFrom(table, 'B', 'AC')
    expect([table.log('B').length, table.log('B', 'x').length]).to.deep.equal([1, 1])
  })

  it('T7: it is refused too when what it lacks came here with an earlier snapshot', () => {
    const table = new Table(3, lettingGo)
    execute(table, 'C', 'A', 'w')
    gossip(table, 'AC')
    // In A's snapshot, and executed nowhere else; what A has told B is older.
    const X = proposeTo(table, 'A>C')
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    table.drop('commit', 'A>*')
    letGo(table, 'AC')
    installFrom(table, 'B', 'A')
    expect(table.log('B')).to.have.length(1)
    execute(table, 'C', 'A', 'w')
    table.drop('heartbeat', 'AC>B')
    gossip(table, 'AC')
    letGo(table, 'CA')
    installFrom(table, 'B', 'C')
    expect(table.log('B'), 'B has no record of X to execute it again').to.have.length(1)
  })

  it('T7: own commands that a snapshot has executed are in flight no more', () => {
    const table = new Table(3, { ...lettingGo, ownInFlightMax: 1 })
    bHasMissedC1(table)
    const Y = proposeTo(table, 'B>A')
    recoverWith(table, 'A', Y, 'C')
    table.deliverIfSent('commit', 'A>C', Y)
    expect(table.decided(Y)).to.equal('command {}')
    gossip(table, 'AC')
    letGo(table, 'CA')
    installFrom(table, 'B', 'C')
    expect(table.log('B')).to.have.length(1)
    expect(table.submit('B').index, 'there is room for one').to.be.above(Y.index)
  })
})
