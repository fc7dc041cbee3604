import { expect } from 'chai'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Letter, Route } from './support/letters.ts'
import {
  accept,
  finishRecovery,
  preAccept,
  propose,
  proposeTo,
  recoverFrom,
  recoverWith,
  talk,
} from './support/rounds.ts'
import { Table } from './support/table.ts'
import { execute, gossip } from './support/upkeep.ts'
import { d1 } from './told/d1.ts'

/** With the first index the second is reserved, and with that two more, in a flush that is lost. */
const faster = { reservedIndices: 4 }
const reservedTop = 2

describe('scenarios: the faster rule (section 6)', () => {
  /** `at` has an index reserved: its first instance, on another key, is executed by all. */
  function reservedAt(n: 3 | 5, at: Letter): Table {
    const table = new Table(n, faster)
    const others = ['A', 'B', 'C', 'D', 'E'].slice(0, n).filter(each => each !== at)
    execute(table, at, others.join(''), 'elsewhere')
    return table
  }

  /** The same, and Y of `at` reaches `other` alone; `at` dies before its record is durable, and has forgotten it. */
  function yIsForgotten(n: 3 | 5, at: Letter, other: Letter): { table: Table; Y: InstanceId } {
    const table = reservedAt(n, at)
    const Y = table.submit(at)
    preAccept(table, `${at}>${other}`, Y)
    table.drop('preAccept', `${at}>*`)
    table.crash(at)
    table.restart(at)
    expect(table.record(at, Y)).to.equal(undefined)
    return { table, Y }
  }

  /** A has its own vote for X and B's, and nothing of X on disk. */
  function xIsFastInMemory(asked: Route): { table: Table; X: InstanceId } {
    const table = reservedAt(3, 'A')
    const X = table.submit('A')
    preAccept(table, asked, X)
    table.deliver('preAcceptOk', 'B>A', X)
    expect(table.record('A', X)?.phase, 'in memory').to.equal('committed')
    return { table, X }
  }

  it('a preAccept leaves before its record is durable; the own vote and the fast commit are so in one flush, and told after', () => {
    const { table, X } = xIsFastInMemory('A>B')
    expect(table.decided(X), 'nobody else could find it').to.equal(undefined)
    table.syncOnce('A')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('a crash before that flush forgets the own vote (D9), and nobody was told what it decided', () => {
    const { table, X } = xIsFastInMemory('A>B')
    expect(table.inFlight('commit', 'A>*', X)).to.have.length(0)
    table.drop('preAccept', 'A>*')
    table.crash('A')
    table.restart('A')
    expect(table.record('A', X)).to.equal(undefined)
    table.crash('B')
    recoverWith(table, 'C', X, 'A')
    expect(table.decided(X)).to.equal('Nop')
  })

  it('an own vote that decides nothing yet is durable before anybody hears of it', () => {
    const table = reservedAt(3, 'A')
    const X = table.submit('A')
    table.recover('C', X)
    table.sync('C')
    table.deliver('recover', 'C>A', X)
    expect(table.inFlight('recoverOk', 'A>C', X), 'what it reveals is durable first').to.have.length(0)
    table.sync('A')
    expect(table.inFlight('recoverOk', 'A>C', X)).to.have.length(1)
  })

  it('a commit that others have found and told is executed while the own, fast one finds no room on disk', () => {
    const { table, X } = xIsFastInMemory('A>BC')
    recoverWith(table, 'C', X, 'B')
    expect(table.log('A'), 'not durable, and nobody else has said so').to.have.length(0)
    table.deliver('commit', 'C>A', X)
    expect(table.log('A')).to.have.length(1)
    table.sync('A')
    expect(table.log('A'), 'once').to.have.length(1)
  })

  for (const [request, reply] of [
    ['recover', 'recoverOk'],
    ['tryRecover', 'commit'],
  ] as const)
    it(`A reveals its volatile fast commit, and own vote, in no answer to ${request} (D17)`, () => {
      const { table, X } = xIsFastInMemory('A>B')
      if (request === 'recover') {
        table.recover('C', X)
        table.sync('C')
        table.deliver('recover', 'C>A', X)
      } else table.ask('C>A', { type: 'tryRecover', id: X })
      expect(table.inFlight(reply, 'A>C', X)).to.have.length(0)
      table.syncOnce('A')
      expect(table.inFlight(reply, 'A>C', X)).not.to.have.length(0)
    })

  it('an index that is not reserved yet leaves with its record, as by the simple rule', () => {
    const table = new Table(3, faster)
    const X = table.submit('A')
    expect(table.inFlight('preAccept', 'A>*', X)).to.have.length(0)
    table.sync('A')
    expect(table.inFlight('preAccept', 'A>*', X)).to.have.length(2)
  })

  it('the next block is durable before it is needed', () => {
    const table = new Table(3, faster)
    propose(table, 'A', 'k1')
    for (let index = 2; index < 14; index++) {
      const X = table.submit('A', `k${index}`)
      expect(table.inFlight('preAccept', 'A>*', X), `index ${index}`).to.have.length(2)
      preAccept(table, 'A>B', X)
      table.deliver('preAcceptOk', 'B>A', X)
      table.sync('A')
    }
  })

  it('D1 (B21), n = 3: a coordinator that forgot Y proposes X behind it', () => {
    const { table } = yIsForgotten(3, 'A', 'B')
    const X = proposeTo(table, 'A>C')
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal(`command {A.${reservedTop}}`)
    table.drop('commit', 'A>*')
    table.drop('preAccept', 'A>*')
    table.crash('A')
    recoverWith(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal(`command {A.${reservedTop}}`)
  })

  it('D1 (B21), n = 5: a replica that forgot its Y votes for X behind it', () => {
    d1.tell(new Table(d1.n, d1.limits))
  })

  it('D1b (B21): Nop at the replica that forgot it is not enough', () => {
    const { table } = yIsForgotten(5, 'E', 'D')
    for (let index = 2; index <= reservedTop; index++) recoverWith(table, 'E', { epoch: 1, rank: 4, index }, 'AB')
    // All of it durable, and a heartbeat later.
    table.pass('E', 20)
    table.sync('E')
    table.pass('E', 100)
    table.sync('E')
    for (const type of ['commit', 'heartbeat', 'recover'] as const) table.drop(type, 'E>*')
    xIsNotFast(table)
  })

  it('D1c (B21): nor is it that all have executed what was forgotten: a recovery may have been told of Y before', () => {
    const { table, Y } = yIsForgotten(5, 'E', 'D')
    const X = propose(table, 'A')
    preAccept(table, 'A>B', X)
    // D recovers X with B and C. It has Y, which X does not depend on; C's answer comes late.
    recoverFrom(table, 'D', X, 'BC')
    table.deliver('validate', 'D>BC', X)
    table.sync('BCD')
    table.deliver('validateOk', 'B>D', X)
    recoverWith(table, 'E', Y, 'AB')
    table.deliver('commit', 'E>ABCD', Y)
    gossip(table, 'ABCDE')
    table.pass('E', 100)
    table.sync('E')
    preAccept(table, 'A>E', X)
    table.deliver('preAcceptOk', 'BE>A', X)
    table.sync('A')
    expect(table.decided(X), 'E deviates').to.equal(undefined)
    table.deliver('validateOk', 'C>D', X)
    table.sync('D')
    accept(table, 'D', 'BC', X)
    expect(table.decided(X)).to.equal('Nop')
  })

  /** A proposes X, B and E vote for it, A dies; D, which has Y, recovers it without A and E. */
  function xIsNotFast(table: Table): void {
    const X = proposeTo(table, 'A>BE')
    table.deliver('preAcceptOk', 'BE>A', X)
    table.sync('A')
    expect(table.decided(X), 'E deviates').to.equal(undefined)
    table.drop('commit', 'A>*')
    table.drop('preAccept', 'A>*')
    table.crash('A')
    recoverWith(table, 'D', X, 'BC')
    expect(table.decided(X)).to.equal('Nop')
  }

  it('D13 (B20): an index that was told and forgotten is not given away again', () => {
    const { table, Y } = yIsForgotten(3, 'A', 'B')
    const X = propose(table, 'A')
    expect(X.index).to.equal(reservedTop + 1)
    recoverWith(table, 'B', Y, 'C')
    expect(table.decided(Y), 'B and C decide what B has').to.equal('command {}')
    expect(table.log('B'), 'its client was not told, and it may be executed').to.have.length(1)
  })

  it('who has announced its barrier is waited for in D0: the fast path returns', () => {
    const { table, Y } = yIsForgotten(5, 'E', 'D')
    recoverWith(table, 'E', Y, 'AB')
    table.deliver('commit', 'E>A', Y)
    table.tell('E')
    table.deliver('heartbeat', 'E>A')
    const X = proposeTo(table, 'A>BE')
    table.deliver('preAcceptOk', 'BE>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal(`command {E.${reservedTop}}`)
  })

  it('L6 (input 32): a barrier is announced once it is executed: nobody waits for what nobody has decided', () => {
    const { table, Y } = yIsForgotten(5, 'E', 'D')
    table.tell('E')
    table.deliver('heartbeat', 'E>AB')
    const X = propose(table, 'A', 'another')
    preAccept(table, 'A>BC', X)
    table.deliver('preAcceptOk', 'BC>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    expect(table.log('A', 'another'), 'executed').to.have.length(1)
    expect(table.status('E').restartBarrier, 'its own votes are raised all the same').to.equal(reservedTop)
    expect(table.decided(Y)).to.equal(undefined)
  })

  it('what was forgotten is recovered by another when the own disk is slow', () => {
    const { table, Y } = yIsForgotten(5, 'E', 'D')
    for (const each of ['A', 'B'] as const) {
      table.tell(each)
      table.deliver('heartbeat', `${each}>E`)
    }
    // Its own recovery waits for a flush.
    table.pass('E', 250)
    expect(table.inFlight('recover', 'E>*', Y)).to.have.length(0)
    table.deliver('tryRecover', 'E>A', Y)
    finishRecovery(table, 'A', Y, 'BC')
    expect(table.decided(Y)).to.equal('Nop')
    table.deliver('commit', 'A>E', Y)
    table.sync('E')
    expect(table.inFlight('recover', 'E>*', Y), 'one attempt, which comes too late').to.have.length(4)
  })

  it('what was forgotten is decided as soon as a quorum is heard; who depends on it waits no longer', () => {
    const { table, Y } = yIsForgotten(3, 'A', 'B')
    table.tell('B')
    table.deliver('heartbeat', 'B>A')
    table.pass('A', 1)
    table.sync('A')
    expect(table.inFlight('recover', 'A>B'), 'Y').to.have.length(1)
    talk(table, 'AB', 1_500)
    expect(table.decided(Y)).to.equal('Nop')
    const X = propose(table, 'A', 'another')
    preAccept(table, 'A>B', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal(`command {A.${reservedTop}}`)
    expect(table.log('A', 'another')).to.have.length(1)
  })

  it('a second crash: all that was ever reserved counts', () => {
    const { table } = yIsForgotten(3, 'A', 'B')
    const Z = table.submit('A', 'elsewhere')
    table.crash('A')
    table.restart('A')
    expect(table.inFlight('preAccept', 'A>*', Z), 'it was not reserved').to.have.length(0)
    const X = propose(table, 'A')
    expect(X.index).to.equal(reservedTop + 1)
    preAccept(table, 'A>C', X)
    table.deliver('preAcceptOk', 'C>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal(`command {A.${reservedTop}}`)
  })
})
