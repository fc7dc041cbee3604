import { expect } from 'chai'
import type { ForgetVerdict } from '../../machines/protocol/client-messages.ts'
import { createMemoryDisk } from '../../storage/simulated/disk.ts'
import type { Letter } from './support/letters.ts'
import { proposeTo } from './support/rounds.ts'
import { Table } from './support/table.ts'

/** Three replicas; C has been let in by A, in its first life, and its disk was copied then. */
function withCopyOfC() {
  const table = new Table(3)
  expect(table.greet('C>A')).to.equal('let in')
  return { table, copy: table.copyOfDisk('C') }
}

/** Another disk for C, with a store of its own. */
function emptiedDisk() {
  const disk = createMemoryDisk()
  disk.format({ cluster: 'table', member: 3, members: [1, 2, 3], epoch: 1, storeIdentity: 'another disk of 3' })
  return disk
}

/** C begins its second life, and votes in it for X, which A then commits: C alone must not forget X. */
function secondLifeVotes(table: Table) {
  table.crash('C')
  table.restart('C')
  expect(table.greet('C>A')).to.equal('let in')
  const X = proposeTo(table, 'A>C')
  table.deliver('preAcceptOk', 'C>A', X)
  table.sync('A')
  expect(table.decided(X)).to.equal('command {}')
  table.drop('commit', 'A>*')
  return X
}

function forget(table: Table, at: Letter, member: number): ForgetVerdict | undefined {
  const connection = table.connect(at)
  table.request(connection, { type: 'forgetPeer', request: 1, member })
  table.sync(at)
  const [answer] = connection.answers
  return answer?.type === 'peerForgotten' ? answer.verdict : undefined
}

describe('scenarios: a member votes on the disk that it last voted on, or not at all (input 33)', () => {
  it('S1: an old copy of a disk does not vote, for its life was begun by another process', () => {
    const { table, copy } = withCopyOfC()
    secondLifeVotes(table)
    table.restartOn('C', copy)
    expect(table.greet('C>A'), 'C has forgotten its vote for X').to.equal('oldStore')
  })

  it('S1: an older copy does not vote, for its life has gone back', () => {
    const { table, copy } = withCopyOfC()
    secondLifeVotes(table)
    table.crash('C')
    table.restart('C')
    expect(table.greet('C>A')).to.equal('let in')
    table.restartOn('C', copy)
    expect(table.greet('C>A')).to.equal('oldStore')
  })

  it('S1: a copy that is refused is refused again, however often it starts', () => {
    const { table, copy } = withCopyOfC()
    secondLifeVotes(table)
    table.restartOn('C', copy)
    for (let start = 0; start < 3; start++) {
      expect(table.greet('C>A'), `start ${start}`).to.equal('oldStore')
      table.crash('C')
      table.restart('C')
    }
  })

  it('S1: a copy that was taken while the replica ran lacks what it has told since', () => {
    const { table, copy } = withCopyOfC()
    const X = proposeTo(table, 'A>C')
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    table.deliver('commit', 'A>C', X)
    table.sync('C')
    // The next flush makes what was executed in memory a part of what a crash cannot undo.
    const Y = table.submit('C')
    table.sync('C')
    table.drop('preAccept', 'C>*', Y)
    table.drop('heartbeat', '*>*')
    table.tell('C')
    table.deliver('heartbeat', 'C>A')
    // No life was begun in between: the copy begins the second, and nobody has heard of another.
    table.restartOn('C', copy)
    expect(table.greet('C>A')).to.equal('oldStore')
  })

  it('S1: the disk itself is let in, however its replica ended', () => {
    const { table } = withCopyOfC()
    secondLifeVotes(table)
    for (const isWritten of [true, false]) {
      table.submit('C')
      table.crash('C', isWritten)
      table.restart('C')
      expect(table.greet('C>A')).to.equal('let in')
      expect(table.greet('C>A'), 'a link that breaks is greeted again').to.equal('let in')
    }
  })

  it('S1: a life that was announced, and begun nowhere else, goes on after a crash', () => {
    const table = new Table(3)
    // A has let C in, and C has died before it heard of it.
    expect(table.greet('A>C')).to.equal('let in')
    table.crash('C')
    table.restart('C')
    expect(table.greet('C>A')).to.equal('let in')
  })

  it('S1: a store whose votes count is never forgotten; one that has said nothing is', () => {
    const { table } = withCopyOfC()
    expect(forget(table, 'A', 3), 'C has said nothing of an instance').to.equal('forgotten')
    expect(table.greet('C>A'), 'it may come again').to.equal('let in')
    secondLifeVotes(table)
    expect(forget(table, 'A', 3)).to.equal('tookPart')
    expect(forget(table, 'A', 1)).to.equal('isSelf')
    expect(forget(table, 'A', 9)).to.equal('noMember')
    table.restartOn('C', emptiedDisk())
    expect(table.greet('C>A')).to.equal('foreignStore')
  })

  it('S1: a stranger that came first under the id of C makes room for the true one', () => {
    const table = new Table(3)
    const disk = table.copyOfDisk('C')
    table.restartOn('C', emptiedDisk())
    expect(table.greet('C>A'), 'the stranger').to.equal('let in')
    table.restartOn('C', disk)
    expect(table.greet('C>A'), 'the true one').to.equal('foreignStore')
    expect(forget(table, 'A', 3)).to.equal('forgotten')
    expect(table.greet('C>A')).to.equal('let in')
    table.crash('A')
    table.restart('A')
    table.restartOn('C', emptiedDisk())
    expect(table.greet('C>A'), 'the stranger').to.equal('foreignStore')
  })

  it('S2: a peer that never met a disk, or its last life, hears of it from the others', () => {
    const { table, copy } = withCopyOfC()
    secondLifeVotes(table)
    expect(table.greet('A>B')).to.equal('let in')
    table.deliver('stores', 'A>B')
    table.sync('B')
    table.crash('A')
    table.restartOn('C', emptiedDisk())
    expect(table.greet('C>B'), 'a disk that was emptied').to.equal('foreignStore')
    table.restartOn('C', copy)
    expect(table.greet('C>B'), 'an old copy').to.equal('oldStore')
    table.crash('B')
    table.restart('B')
    expect(table.greet('C>B'), 'B remembers').to.equal('oldStore')
  })

  it('S2: what others say replaces no store that was met, and is told to the operator', () => {
    const table = new Table(3)
    expect(table.greet('C>B')).to.equal('let in')
    const stores = [{ member: 3, storeIdentity: 'another disk of 3', life: 9, token: 'x' }]
    table.ask('A>B', { type: 'stores', stores })
    table.sync('B')
    expect(table.greet('C>B')).to.equal('let in')
  })
})
