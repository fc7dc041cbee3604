import { expect } from 'chai'
import { preAccept, propose, proposeTo, recoverWith, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import {
  askForSnapshot,
  checkpoint,
  execute,
  executeAndLetGo,
  gossip,
  installFrom,
  letGo,
  lettingGo,
  takeSnapshot,
} from './support/upkeep.ts'

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
   * n = 5. X = A.1 is executed at A, B and C, and gone there; D has it with a snapshot of A, and no record of it: what it
   * would keep has no bytes. E does not know it. A and B are dead.
   */
  function dHasXByASnapshot() {
    const table = new Table(5, { ...lettingGo, recordsKept: 10, recordsKeptBytes: 0 })
    const X = execute(table, 'A', 'BC')
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    installFrom(table, 'D', 'A')
    expect(table.log('D')).to.have.length(1)
    expect(table.record('D', X), 'no record came with it').to.equal(undefined)
    table.crash('AB')
    return { table, X }
  }

  it('T6: what is executed in an installed snapshot is answered as stable, never as new', () => {
    const { table, X } = dHasXByASnapshot()
    table.ask('E>D', { type: 'recover', id: X, bal: 9 })
    table.sync('D')
    expect(table.inFlight('recoverOk', 'D>E', X)).to.have.length(0)
    expect(table.inFlight('stable', 'D>E', X)).to.have.length(1)
  })

  it('T6: who has it with a snapshot gives it as a snapshot', () => {
    const { table } = dHasXByASnapshot()
    gossip(table, 'D')
    installFrom(table, 'E', 'D')
    expect(table.log('E'), 'D has given it').to.deep.equal(table.log('D'))
  })

  it('T6: with a snapshot come the records that it stands on, for those who ask the receiver', () => {
    const table = new Table(5, lettingGo)
    const X = execute(table, 'A', 'BC', 'x')
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    // In the snapshot of A; not agreed to go.
    const Y = execute(table, 'A', 'BC')
    checkpoint(table, 'A')
    installFrom(table, 'D', 'A')
    expect([table.log('D', 'x').length, table.log('D').length]).to.deep.equal([1, 1])
    expect([table.record('D', X)?.phase, table.record('D', Y)?.phase]).to.deep.equal([undefined, 'committed'])
    table.crash('ABC')
    table.ask('E>D', { type: 'recover', id: Y, bal: 9 })
    table.sync('D')
    expect(table.inFlight('recoverOk', 'D>E', Y)[0]?.message.phase).to.equal('committed')
  })

  it('T6: an old vote says nothing of what a snapshot has executed', () => {
    const table = new Table(3, lettingGo)
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    table.deliver('commit', 'A>C', X)
    table.drop('commit', 'A>B')
    gossip(table, 'AC')
    letGo(table, 'AC')
    table.deliverIfSent('heartbeat', 'A>B')
    askForSnapshot(table, 'B', 'A')
    takeSnapshot(table, 'B', 'A')
    expect(table.log('B')).to.have.length(1)
    expect(table.record('B', X)?.phase, 'its vote stays, until it goes too').to.equal('preAccepted')
    table.ask('C>B', { type: 'recover', id: X, bal: 5 })
    table.sync('B')
    expect(table.inFlight('recoverOk', 'B>C', X)).to.have.length(0)
    expect(table.inFlight('stable', 'B>C', X)).to.have.length(1)
  })

  it('T6 (B26): a vote for what was a Nop in the snapshot makes it no command', () => {
    const table = new Table(3, lettingGo)
    const X = proposeTo(table, 'A>B')
    const Z = proposeTo(table, 'C>B')
    recoverWith(table, 'A', Z, 'C')
    expect(table.decided(Z)).to.equal('Nop')
    table.deliver('commit', 'A>C', Z)
    table.sync('C')
    executeAndLetGo(table, 'CA')
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

  it('rule 8.12: no query sees a state that lacks what was executed here, while that is executed again', () => {
    const seen: unknown[] = []
    let isInstalling = false
    const table: Table = new Table(3, lettingGo, {
      tap: member => ({
        executed: () => {
          if (isInstalling && member === 2) seen.push(table.query('B'))
        },
      }),
      caption: () => undefined,
      fault: () => undefined,
      lost: () => undefined,
    })
    bHasMissedC1(table)
    table.deliverIfSent('heartbeat', 'C>B')
    askForSnapshot(table, 'B', 'C')
    const alone = 3
    for (let count = 0; count < alone; count++) {
      const Y = proposeTo(table, 'B>A')
      table.deliver('preAcceptOk', 'A>B', Y)
      table.sync('B')
      table.drop('commit', 'B>*')
      table.drop('preAccept', 'B>*')
    }
    isInstalling = true
    takeSnapshot(table, 'B', 'C')
    expect(seen).to.deep.equal(new Array(alone).fill('notReady'))
    expect([table.query('B'), table.query('B', 'x')], 'both are executed').to.deep.equal([alone, 1])
  })

  /**
   * C has let C.1 go; its snapshot, which has nothing else, is on its way to B. Meanwhile B gets C.1 from A, and executes
   * Y = B.1, which it lets go with the flush that is under way.
   */
  function bHasOutrunASnapshot() {
    const table = new Table(3, lettingGo)
    const C1 = execute(table, 'C', 'A', 'x')
    gossip(table, 'AC')
    const truncation = table.truncate('C')!
    table.sync('C')
    preAccept(table, 'C>A', truncation)
    table.deliver('preAcceptOk', 'A>C', truncation)
    table.sync('C')
    checkpoint(table, 'C')
    table.deliver('heartbeat', 'C>B')
    askForSnapshot(table, 'B', 'C')
    const { cmd, dep } = table.record('A', C1)!
    table.ask('A>B', { type: 'commit', id: C1, cmd: cmd!, dep })
    table.deliver('commit', 'C>AB', truncation)
    table.sync('AB')
    expect(table.log('B', 'x')).to.have.length(1)
    execute(table, 'B', 'A')
    gossip(table, 'AB')
    table.sync('B')
    const own = table.truncate('B')!
    table.sync('B')
    preAccept(table, 'B>A', own)
    table.deliver('preAcceptOk', 'A>B', own)
    // With the flush that makes the commit durable it is executed, and the next one, which begins then, lets go.
    table.syncOnce('B')
    return table
  }

  it('T7: a snapshot that lacks what is gone here is refused', () => {
    const table = bHasOutrunASnapshot()
    checkpoint(table, 'B')
    takeSnapshot(table, 'B', 'C')
    checkpoint(table, 'B')
    table.crash('B')
    table.restart('B')
    expect([table.log('B').length, table.log('B', 'x').length]).to.deep.equal([1, 1])
  })

  it('T9: it is refused too when what it lacks goes with the flush that is under way', () => {
    const table = bHasOutrunASnapshot()
    table.sync('B')
    // Its checkpoint is durable, and the deletion is not yet.
    table.pass('B', 20)
    const { snapshotsInstalled } = table.status('B')
    takeSnapshot(table, 'B', 'C')
    expect(table.status('B').snapshotsInstalled, 'it lacks Y').to.equal(snapshotsInstalled)
    table.sync('B')
    table.crash('B')
    table.restart('B')
    expect([table.log('B').length, table.log('B', 'x').length]).to.deep.equal([1, 1])
  })

  it('B24: a snapshot of others lets no fast commit be seen that is not durable yet', () => {
    const table = new Table(3, lettingGo)
    bHasMissedC1(table)
    table.deliverIfSent('heartbeat', 'C>B')
    askForSnapshot(table, 'B', 'C')
    const Y = proposeTo(table, 'B>A')
    table.deliver('preAcceptOk', 'A>B', Y)
    expect(table.record('B', Y)?.phase, 'fast, in memory').to.equal('committed')
    takeSnapshot(table, 'B', 'C')
    expect(table.log('B', 'x'), 'it is installed').to.have.length(1)
    expect(table.log('B'), 'Y waits for its flush').to.have.length(0)
    table.drop('commit', 'B>*')
    table.crash('B')
    table.restart('B')
    table.crash('A')
    recoverWith(table, 'C', Y, 'B')
    expect(table.decided(Y), 'its coordinator is in Q and does not know it committed').to.equal('Nop')
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
