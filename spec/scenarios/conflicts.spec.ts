import { expect } from 'chai'
import { Table } from './support/table.ts'

describe('scenarios: what recovery must know of conflicts', () => {
  /**
   * X of A and Y of B conflict, n = 5. C and D pre-accept X {}, E pre-accepts Y {}. E recovers X with {C, D, E}, k = 2,
   * and waits for Y. D recovers X with A: Nop.
   */
  function nopBeforeY() {
    const table = new Table(5)
    const X = table.submit('A')
    table.sync('A')
    table.deliver('preAccept', 'A>CD', X)
    table.sync('CD')
    const Y = table.submit('B')
    table.sync('B')
    table.deliver('preAccept', 'B>E', Y)
    table.sync('E')
    table.recover('E', X)
    table.sync('E')
    table.deliver('recover', 'E>CD', X)
    table.sync('CD')
    table.deliver('recoverOk', 'CD>E', X)
    table.sync('E')
    table.deliver('validate', 'E>CD', X)
    table.sync('CDE')
    table.deliver('validateOk', 'CD>E', X)
    table.sync('E')
    table.recoverWith('D', X, 'AC')
    table.deliver('commit', 'D>AC', X)
    expect(table.decided(X)).to.equal('Nop')
    return { table, X, Y }
  }

  /** D votes for Y, and Y is recovered without its coordinator. */
  function voteOfD({ table, Y }: ReturnType<typeof nopBeforeY>) {
    table.deliver('preAccept', 'B>D', Y)
    table.sync('D')
    table.deliver('preAcceptOk', 'ED>B', Y)
    table.sync('B')
    table.drop('commit', 'B>*')
    table.recoverWith('E', Y, 'CD')
    expect(table.decided(Y), 'D has answered {A.1}: no fast path').to.equal('Nop')
  }

  it('N (B11): a committed Nop stays in the dependencies of what comes after it', () => {
    const before = nopBeforeY()
    expect(before.table.rule('E', before.X), 'E waits for Y').to.equal('4.5.3')
    voteOfD(before)
  })

  it('N (B11, B18): the same when D restarts before it votes for Y', () => {
    const before = nopBeforeY()
    before.table.pass('D', 50)
    before.table.sync('D')
    before.table.crash('D')
    before.table.restart('D')
    voteOfD(before)
  })

  it('V (B8): a duplicate of validate that comes after the accept of its ballot changes nothing', () => {
    const table = new Table(5)
    const X = table.submit('A')
    table.sync('A')
    table.deliver('preAccept', 'A>C', X)
    table.sync('C')
    const Y = table.submit('B')
    table.sync('B')
    table.deliver('preAccept', 'B>E', Y)
    table.sync('E')
    table.recover('D', X)
    table.sync('D')
    table.deliver('recover', 'D>CE', X)
    table.sync('CE')
    table.deliver('recoverOk', 'CE>D', X)
    table.sync('D')
    const duplicate = table.inFlight('validate', 'D>E', X)
    table.deliver('validate', 'D>CE', X)
    table.sync('CED')
    table.deliver('validateOk', 'CE>D', X)
    table.sync('D')
    expect(table.rule('D', X)).to.equal('4.5.2')
    table.deliver('accept', 'D>CE', X)
    table.sync('CE')
    table.repeat(duplicate)
    table.sync('E')
    expect(table.record('E', X)?.cmd, 'E stands by its vote').to.equal('nop')
    table.deliver('acceptOk', 'CE>D', X)
    expect(table.decided(X)).to.equal('Nop')
    table.drop('commit', 'D>*')
    table.recoverWith('E', X, 'AB')
    expect(table.rule('E', X)).to.equal('4.3.2')
    expect(table.decided(X)).to.equal('Nop')
  })
})
