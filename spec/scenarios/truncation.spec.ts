import { expect } from 'chai'
import type { Letter } from './support/letters.ts'
import { accept, preAccept, propose, proposeTo, proposeUnheard, recoverWith, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import {
  checkpoint,
  decideWith,
  execute,
  executeAndLetGo,
  gossip,
  installFrom,
  letGo,
  lettingGo,
} from './support/upkeep.ts'

describe('scenarios: records that are gone (section 8, level 1)', () => {
  it('T1 (B26): a truncated Nop invalidates nothing, though its payload stays in the index', () => {
    const table = new Table(3, lettingGo)
    const Y = proposeUnheard(table, 'C')
    recoverWith(table, 'A', Y, 'C')
    expect(table.decided(Y)).to.equal('Nop')
    table.deliver('commit', 'A>C', Y)
    gossip(table, 'AC')
    letGo(table, 'AC')
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    table.drop('commit', 'A>*')
    table.crash('A')
    recoverWith(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('T2 (B27): what is truncated is answered as stable, and never voted for again', () => {
    const table = new Table(3, lettingGo)
    const X = propose(table, 'A')
    const late = table.inFlight('preAccept', 'A>B', X)
    preAccept(table, 'A>BC', X)
    const lateReply = table.inFlight('preAcceptOk', 'B>A', X)
    table.deliver('preAcceptOk', 'BC>A', X)
    table.sync('A')
    table.deliver('commit', 'A>BC', X)
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    table.repeat([...late, ...lateReply])
    table.sync('AB')
    expect(table.inFlight('stable', 'B>A', X), 'no vote, no value').to.have.length(1)
    expect(table.inFlight('stable', 'A>B', X), 'a reply is not answered').to.have.length(0)
    recoverWith(table, 'B', X, 'AC')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('T3 (B28): records stay until the checkpoint that covers them is durable', () => {
    const table = new Table(3, { ...lettingGo, snapshotCommands: 2 })
    execute(table, 'C', 'AB')
    gossip(table, 'AB')
    decideWith(table, 'A', 'B', table.truncate('A')!)
    // Its point comes, and whatever is written for it by then is durable.
    for (const at of ['A', 'B'] as const) table.pass(at, 5)
    table.sync('AB')
    expect(table.status('A').snapshot, 'it is not durable yet').to.equal(undefined)
    table.crash('AB')
    table.restart('AB')
    const Y = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', Y)
    table.sync('A')
    expect(table.decided(Y), 'A and B know of X').to.equal('command {C.1}')
  })

  it('T3 (B28): the index of what is truncated stands again after a restart', () => {
    // The first snapshot is the one that lets X go.
    const table = new Table(3, { ...lettingGo, snapshotCommands: 2 })
    execute(table, 'C', 'AB')
    gossip(table, 'AB')
    letGo(table, 'AB')
    table.crash('AB')
    table.restart('AB')
    const Y = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', Y)
    table.sync('A')
    expect(table.decided(Y), 'A and B know of X').to.equal('command {C.1}')
  })

  it('T10: a checkpoint is durable after the commits of what it has executed', () => {
    const table = new Table(5, lettingGo)
    const X = proposeTo(table, 'C>DE')
    table.deliver('preAcceptOk', 'DE>C', X)
    table.sync('C')
    expect(table.decided(X)).to.equal('command {}')
    const Y = proposeTo(table, 'B>A')
    // With it D and E begin a checkpoint, and gather their index.
    execute(table, 'C', 'DE', 'x')
    for (const at of ['D', 'E'] as const) table.pass(at, 2)
    table.deliver('commit', 'C>DE', X)
    for (const at of ['D', 'E'] as const) table.pass(at, 10)
    expect([table.log('D').length, table.log('E').length], 'executed, in memory').to.deep.equal([1, 1])
    table.crash('BCDE')
    table.restart('DE')
    recoverWith(table, 'A', Y, 'DE')
    expect(table.decided(Y), 'D and E know X, which does not depend on Y').to.equal('Nop')
  })

  it('T4 (B29): a record stays until n - f have executed it in a way that no crash undoes', () => {
    const table = new Table(3, lettingGo)
    const X = proposeTo(table, 'C>B')
    table.deliver('preAcceptOk', 'B>C', X)
    table.sync('C')
    table.deliver('commit', 'C>AB', X)
    expect(table.log('A'), 'A has executed it, in memory').to.have.length(1)
    table.tell('A')
    table.deliver('heartbeat', 'A>B')
    table.sync('B')
    letGo(table, 'BC')
    table.crash('AC')
    table.restart('A')
    recoverWith(table, 'A', X, 'B')
    expect(table.log('A'), 'B has kept it for A').to.have.length(1)
  })

  it('T4: then it goes, and the index entry stays', () => {
    const table = new Table(3, lettingGo)
    const X = execute(table, 'C', 'AB')
    gossip(table, 'AB')
    letGo(table, 'BA')
    table.ask('C>B', { type: 'recover', id: X, bal: 5 })
    table.sync('B')
    expect(table.inFlight('stable', 'B>C', X)).to.have.length(1)
    const Y = proposeTo(table, 'A>B')
    expect(table.record('A', Y)?.initDep).to.deep.equal([0, 0, 1])
  })

  /** n = 5. X = A.1 is executed at A, B, C, and its record is gone there; D and E have never heard of it. */
  function xIsGone(table: Table) {
    const X = execute(table, 'A', 'BC')
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    return X
  }

  it('T5: a laggard that recovers what the others have dropped decides nothing', () => {
    const table = new Table(5, lettingGo)
    const X = xIsGone(table)
    // D has heard that they have executed it, or it would not believe them (rule 7.5).
    table.deliver('heartbeat', 'ABC>D')
    recoverWith(table, 'D', X, 'ABCE')
    table.deliver('stable', 'ABC>D', X)
    table.sync('D')
    expect(table.record('D', X)?.phase).to.equal('initial')
    expect(table.inFlight('accept', 'D>*', X)).to.have.length(0)
    expect(table.decided(X)).to.equal('command {}')
    installFrom(table, 'D', 'A')
    expect(table.log('D'), 'it comes with a snapshot').to.have.length(1)
  })

  it('T5: a laggard that validates hears of what the others have dropped', () => {
    const table = new Table(5, lettingGo)
    const Y = proposeTo(table, 'E>D')
    const X = xIsGone(table)
    table.crash('E')
    recoverWith(table, 'D', Y, 'AB')
    expect(table.rule('D', Y), 'A and B have executed X without Y').to.equal('4.5.2')
    expect([table.decided(X), table.decided(Y)]).to.deep.equal(['command {}', 'Nop'])
  })

  it('T5: a wait for what is truncated here ends: a Nop settles it', () => {
    const table = new Table(5, lettingGo)
    const M = proposeTo(table, 'B>E')
    recoverWith(table, 'A', M, 'BC')
    expect(table.rule('A', M)).to.equal('4.3.3')
    table.deliver('commit', 'A>BCD', M)
    table.sync('BCD')
    executeAndLetGo(table, 'ABCD')
    const X = proposeTo(table, 'C>AD')
    table.deliver('preAcceptOk', 'AD>C', X)
    table.sync('C')
    expect(table.decided(X)).to.equal('command {}')
    table.drop('commit', 'C>*')
    table.crash('C')
    // E has voted for M and knows nothing more of it; at A it is gone.
    recoverWith(table, 'A', X, 'DE')
    expect(table.rule('A', X), 'the wait is over').to.equal('4.5.3 settled')
    expect(table.decided(X)).to.equal('command {}')
  })
})

describe('scenarios: how far records may go is agreed (section 8, level 1)', () => {
  it('T8: two replicas whose link was cut do not drop what the other lacks, one by one quorum and one by the other', () => {
    const table = new Table(3, lettingGo)
    // C bridges: X is executed at A and C, Y at B and C.
    execute(table, 'A', 'C', 'x')
    execute(table, 'B', 'C', 'y')
    gossip(table, 'AC')
    gossip(table, 'BC')
    table.drop('heartbeat', 'AB>*')
    letGo(table, 'AC')
    const second = table.truncate('B')
    if (second !== undefined) {
      table.sync('B')
      preAccept(table, 'B>C', second)
      takeSlowPath(table, 'C>B', second)
      accept(table, 'B', 'C', second)
      expect(table.decided(second), 'it comes after that of A, which B has not heard of').to.equal('command {A.2}')
    }
    // B takes a snapshot, with which Y would go.
    execute(table, 'B', 'C', 'z')
    for (const type of ['preAccept', 'accept', 'commit', 'heartbeat'] as const) table.drop(type, '*>*')
    table.crash('C')
    // Whatever they have asked C for is given up first.
    for (let round = 0; round < 80; round++) {
      for (const type of ['heartbeat', 'fetch', 'commit', 'fetchEnd', 'fetchSnapshot', 'snapshotChunk'] as const) {
        table.deliverIfSent(type, 'AB>AB')
        table.sync('AB')
      }
      table.pass('A', 100)
      table.pass('B', 100)
    }
    expect(
      ['A', 'B'].map(at => [table.log(at as Letter, 'x').length, table.log(at as Letter, 'y').length]),
    ).to.deep.equal([
      [1, 1],
      [1, 1],
    ])
  })

  it('rule 8.13: checkpoints begin one after the other, the first by rank first', () => {
    const table = new Table(3, { ...lettingGo, checkpointWaitMaxMs: 5_000 })
    // Disks that work.
    const wait = (who: string, ms: number) => {
      for (let passed = 0; passed < ms; passed += 50)
        for (const at of who) {
          table.pass(at as Letter, 50)
          table.sync(at)
        }
    }
    for (let round = 0; round < 2; round++) gossip(table, 'ABC')
    execute(table, 'A', 'BC')
    const isBusy = (at: Letter) => table.inFlight('heartbeat', `${at}>*`).some(({ message }) => message.busy === true)
    expect(
      ['A', 'B', 'C'].map(at => isBusy(at as Letter)),
      'all want one',
    ).to.deep.equal([true, false, false])
    table.deliver('heartbeat', 'A>BC')
    wait('BC', 450)
    expect([isBusy('B'), isBusy('C')]).to.deep.equal([false, false])
    checkpoint(table, 'A')
    expect(table.status('A').snapshot).not.to.equal(undefined)
    table.deliver('heartbeat', 'AB>C')
    table.deliver('heartbeat', 'A>B')
    wait('BC', 300)
    expect([isBusy('B'), isBusy('C')], 'B before C').to.deep.equal([true, false])
    const busyB = table.inFlight('heartbeat', 'B>C').filter(({ message }) => message.busy === true)
    const hear = (times: number) => {
      for (let time = 0; time < times; time++) {
        table.repeat(busyB)
        wait('C', 400)
      }
    }
    hear(8)
    expect(isBusy('C'), 'B says that it is busy').to.equal(false)
    hear(4)
    expect(isBusy('C'), 'that is long enough').to.equal(true)
  })
})
