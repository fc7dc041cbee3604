import { expect } from 'chai'
import { quietHeartbeat } from './support/quiet-heartbeat.ts'
import {
  accept,
  finishRecovery,
  preAccept,
  propose,
  proposeTo,
  proposeUnheard,
  recoverFrom,
  recoverWith,
  takeSlowPath,
  validateWith,
} from './support/rounds.ts'
import { Table } from './support/table.ts'

describe('scenarios: promises', () => {
  for (const restarts of [false, true])
    it(`3.2: who has promised a ballot pre-accepts nothing${restarts ? ', after a restart too' : ''}`, () => {
      const table = new Table(3)
      const X = propose(table, 'A')
      // C has not heard of X when it promises.
      table.recover('B', X)
      table.sync('B')
      table.deliver('recover', 'B>C', X)
      table.sync('C')
      if (restarts) {
        table.crash('C')
        table.restart('C')
      }
      preAccept(table, 'A>C', X)
      table.deliverIfSent('preAcceptOk', 'C>A', X)
      table.sync('A')
      table.drop('commit', 'A>*')
      finishRecovery(table, 'B', X, 'C')
      expect(table.rule('B', X)).to.equal('4.3.5')
      expect(table.decided(X)).to.equal('Nop')
    })

  it('4.2: a promise is never lowered', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>C')
    table.recover('C', X)
    table.sync('C')
    table.deliver('recover', 'C>A', X)
    table.sync('A')
    // C, at its own ballot, is asked for a lower one.
    table.recover('B', X)
    finishRecovery(table, 'B', X, 'C')
    table.drop('commit', 'B>*')
    table.deliver('recoverOk', 'A>C', X)
    table.sync('C')
    accept(table, 'C', 'A', X)
    expect(table.decided(X), 'A, its coordinator, is in Q').to.equal('Nop')
  })

  it('3.4: a vote at ballot b is a promise of b', () => {
    const table = new Table(5)
    const X = proposeTo(table, 'A>DE')
    validateWith(table, 'B', X, 'DE')
    expect(table.rule('B', X)).to.equal('4.5.1')
    // C leads at a higher ballot; D hears of it by the accept alone.
    recoverFrom(table, 'C', X, 'AE')
    accept(table, 'C', 'AD', X)
    expect(table.decided(X)).to.equal('Nop')
    table.drop('commit', 'C>*')
    table.deliver('accept', 'B>D', X)
    table.sync('D')
    table.crash('AC')
    recoverWith(table, 'E', X, 'BD')
    expect(table.decided(X), 'D has refused the older accept').to.equal('Nop')
  })

  it('7: an answer to an older ballot does not count', () => {
    const table = new Table(3)
    proposeUnheard(table, 'B')
    const X = proposeTo(table, 'A>B')
    table.recover('B', X)
    table.sync('B')
    table.deliver('recover', 'B>C', X)
    table.sync('C')
    const late = table.inFlight('recoverOk', 'C>B', X)
    table.drop('recoverOk', 'C>B', X)
    takeSlowPath(table, 'B>A', X)
    table.drop('accept', 'A>*')
    recoverWith(table, 'C', X, 'A')
    expect(table.decided(X)).to.equal('command {B.1}')
    table.drop('commit', 'C>*')
    // What C has only learnt of is gone; its vote is not.
    table.crash('AC')
    table.restart('C')
    const before = table.record('B', X)!.bal
    table.pass('B', 1_000)
    table.sync('B')
    expect(table.record('B', X)!.bal, 'B has begun anew').to.be.above(before)
    table.drop('recover', 'B>C')
    table.repeat(late)
    table.sync('B')
    table.deliverIfSent('accept', 'B>C', X)
    table.sync('C')
    table.deliverIfSent('acceptOk', 'C>B', X)
    expect(table.rule('B', X), 'C has not answered this ballot').to.equal(undefined)
    table.pass('B', 1_000)
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {B.1}')
  })

  it('7: who was refused goes above the ballot that it was told of', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    table.drop('preAccept', 'A>*')
    table.recover('B', X)
    table.sync('B')
    // C has led twice before A hears of either.
    for (const _ of [1, 2]) {
      table.recover('C', X)
      table.sync('C')
      table.deliver('recover', 'C>A', X)
      table.sync('A')
      table.crash('C')
      table.restart('C')
    }
    table.crash('C')
    table.deliver('recover', 'B>A', X)
    table.sync('A')
    const promised = table.record('A', X)!.bal
    table.deliver('nack', 'A>B', X)
    // A is the one who should; it is asked three times, and does nothing: B starts again itself.
    const refused = table.record('B', X)!.bal
    const alive = { ...quietHeartbeat([1, 0, 0]), canVote: true }
    for (let passed = 0; passed < 8_000 && table.record('B', X)!.bal === refused; passed += 100) {
      table.ask('A>B', alive)
      table.pass('B', 100)
      table.sync('B')
    }
    expect(table.record('B', X)!.bal, 'B goes above what it was told of').to.be.above(promised)
    table.drop('recover', 'A>*')
    finishRecovery(table, 'B', X, 'A')
    expect(table.decided(X)).to.equal('Nop')
  })

  it('B16: an answer to an older ballot never leaves after a promise that does not tell of it', () => {
    const table = new Table(3)
    proposeUnheard(table, 'C')
    const X = proposeTo(table, 'A>C')
    takeSlowPath(table, 'C>A', X)
    table.recover('B', X)
    table.sync('B')
    // Both reach C before its flush ends.
    table.deliver('accept', 'A>C', X)
    table.deliver('recover', 'B>C', X)
    expect(table.inFlight('recoverOk', 'C>B', X)).to.have.length(0)
    expect(table.inFlight('acceptOk', 'C>A', X)).to.have.length(0)
    table.sync('C')
    const [promise] = table.inFlight('recoverOk', 'C>B', X)
    expect(promise?.message.phase, 'the promise tells of the vote').to.equal('accepted')
    table.deliver('acceptOk', 'C>A', X)
    expect(table.decided(X)).to.equal('command {C.1}')
    table.drop('commit', 'A>*')
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {C.1}')
  })

  it('B16, the other way round: a vote below the promise is refused', () => {
    const table = new Table(3)
    proposeUnheard(table, 'C')
    const X = proposeTo(table, 'A>C')
    takeSlowPath(table, 'C>A', X)
    table.recover('B', X)
    table.sync('B')
    table.deliver('recover', 'B>C', X)
    table.deliver('accept', 'A>C', X)
    table.sync('C')
    table.deliverIfSent('acceptOk', 'C>A', X)
    table.deliverIfSent('nack', 'C>A', X)
    expect(table.decided(X)).to.equal(undefined)
    table.drop('recover', 'B>A')
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X), 'C has not voted {} but {C.1}: R is empty').to.equal('Nop')
  })
})
