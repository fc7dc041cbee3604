import { expect } from 'chai'
import { type Letter, letters } from './support/letters.ts'
import { preAccept, propose, takeSlowPath } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { decideWith, execute, gossip, letGo, lettingGo } from './support/upkeep.ts'
import { decideAndRecoverY, g } from './told/g.ts'

/** A promise is made at the next heartbeat after there is something to promise. */
const promising = { ...lettingGo, indexPromiseMs: 50 }

describe('scenarios: index entries that go (section 8, level 2)', () => {
  /** n = 5. X = D.1 is executed by all, all know it, and its record is gone where the table lets go. */
  function xIsExecutedByAll() {
    const table = new Table(5, promising)
    execute(table, 'D', 'ABCE')
    gossip(table, 'ABCDE')
    return table
  }

  /** Time for one heartbeat passes. */
  function beat(table: Table, who: string): void {
    for (const at of who) table.pass(at as Letter, 100)
  }

  /** All promise that D0 covers X. */
  function promiseAll(table: Table): void {
    beat(table, 'ABCDE')
    gossip(table, 'ABCDE')
  }

  /** The entry of X is gone at A, B and C, by the promise of D0; D and E have not looked yet. */
  function entriesAreGoneAtThree() {
    const table = xIsExecutedByAll()
    letGo(table, 'ABCDE')
    gossip(table, 'ABCDE')
    promiseAll(table)
    beat(table, 'ABC')
    table.sync('ABC')
    expect(['A', 'B', 'C', 'D', 'E'].map(at => table.status(at as Letter).indexKeys > 0)).to.deep.equal([
      false,
      false,
      false,
      true,
      true,
    ])
    return table
  }

  it('G (B12): entries stay where not all are known to have executed them', () => {
    g.tell(new Table(g.n, g.limits))
  })

  it('G (B12), with the promise of D0: entries may be gone at some and not at others', () => {
    const table = entriesAreGoneAtThree()
    decideAndRecoverY(table, 'command {A.1, D.1}')
  })

  it('G (B12), with the promise of D0 after a restart: what was told is kept', () => {
    const table = entriesAreGoneAtThree()
    // A snapshot of B follows the eviction: in its indices X is gone, and the promise alone knows of it.
    execute(table, 'B', 'ACDE', 'elsewhere')
    const promised = toldBy(table, 'B')
    table.crash('B')
    table.restart('B')
    expect(toldBy(table, 'B')).to.deep.equal(promised)
    decideAndRecoverY(table, 'command {A.1, D.1}')
  })

  it('a promise is durable by itself: no snapshot follows, and a restart finds it', () => {
    const table = new Table(5, { ...promising, snapshotCommands: 1_000 })
    execute(table, 'D', 'ABCE')
    gossip(table, 'ABCDE')
    promiseAll(table)
    expect(toldBy(table, 'B')).to.deep.equal({ raised: [0, 0, 0, 1, 0], raisedFrom: 1 })
    table.crash('B')
    table.restart('B')
    expect(toldBy(table, 'B')).to.deep.equal({ raised: [0, 0, 0, 1, 0], raisedFrom: 1 })
  })

  it('a promise is told once it is durable, and not before: a crash would take it back', () => {
    const table = xIsExecutedByAll()
    beat(table, 'B')
    expect(toldBy(table, 'B')).to.deep.equal({ raised: [0, 0, 0, 0, 0], raisedFrom: 1 })
    table.pass('B', 20)
    table.sync('B')
    expect(toldBy(table, 'B')).to.deep.equal({ raised: [0, 0, 0, 1, 0], raisedFrom: 1 })
  })

  it('nothing goes before all that came before a promise is executed by all', () => {
    const table = new Table(5, promising)
    // B has proposed Y and knows of no X; nobody else has heard of it before X is executed by all.
    const Y = propose(table, 'B')
    execute(table, 'D', 'ABCE')
    gossip(table, 'ABCDE')
    // The last to promise hears only now that all have executed X.
    for (let round = 0; round < 2; round++) promiseAll(table)
    for (const at of letters) expect(toldBy(table, at).raised, `the promise of ${at}`).to.deep.equal([0, 0, 0, 1, 0])
    expect(toldBy(table, 'B'), 'its promise is about what follows Y').to.deep.include({ raisedFrom: 2 })
    beat(table, 'AC')
    table.sync('AC')
    preAccept(table, 'B>AC', Y)
    takeSlowPath(table, 'AC>B', Y)
    expect(table.record('A', Y)?.dep, 'A knows that X came before').to.deep.equal([0, 0, 0, 1, 0])
    expect(table.record('B', Y)?.phase, 'and so no fast quorum says {}').to.equal('accepted')
  })

  it('under load: a promise comes into force though others follow it', () => {
    const table = new Table(3, { ...promising, snapshotCommands: 1_000 })
    // Always some commands are under way when a promise is made, and the next promise comes before they are executed.
    const underWay = ['a', 'b', 'c'].map(key => propose(table, 'A', key))
    for (let round = 1; round <= 16; round++) {
      underWay.push(propose(table, 'A', `key ${round}`))
      decideWith(table, 'A', 'BC', underWay.shift()!)
      gossip(table, 'ABC')
      beat(table, 'ABC')
      table.sync('ABC')
      gossip(table, 'ABC')
    }
    expect(table.status('A').indexKeys, 'the keys of the last rounds').to.be.below(10)
  })

  function toldBy(table: Table, at: Letter) {
    table.drop('heartbeat', `${at}>*`)
    table.tell(at)
    const { raised, raisedFrom } = table.inFlight('heartbeat', `${at}>*`)[0]!.message
    return { raised, raisedFrom }
  }
})
