import { expect } from 'chai'
import fc from 'fast-check'
import { ClientTable, sessionWindow } from '../../../machines/execution/client-table.ts'

/** A table with one session, in which these sequence numbers were applied, each with itself as its result. */
function tableWith(...sequences: readonly number[]): ClientTable {
  const table = new ClientTable()
  table.open('s')
  for (const sequence of sequences) table.applied('s', sequence, 0, sequence)
  return table
}
const standings = (table: ClientTable, ...sequences: readonly number[]) =>
  sequences.map(sequence => table.look('s', sequence, 0).standing)

describe('client table', () => {
  it('knows nothing of a session that was never opened', () => {
    const table = new ClientTable()
    expect(table.look('s', 1, 0)).to.deep.equal({ standing: 'expired' })
    table.applied('s', 1, 0, 'x')
    expect([table.size, table.last('s')]).to.deep.equal([0, undefined])
  })

  it('has the first answer of what was applied, also when it is undefined', () => {
    const table = tableWith()
    expect(table.look('s', 1, 0)).to.deep.equal({ standing: 'new' })
    table.applied('s', 1, 0, 'first')
    table.applied('s', 2, 0, undefined)
    expect(table.look('s', 1, 0)).to.deep.equal({ standing: 'answered', result: 'first' })
    expect(table.look('s', 2, 0)).to.deep.equal({ standing: 'answered', result: undefined })
  })

  it('applies those in flight in any order, and lets go of answers up to the floor, never back', () => {
    const table = tableWith(3, 1)
    expect(standings(table, 1, 2, 3)).to.deep.equal(['answered', 'new', 'answered'])
    table.applied('s', 4, 2, 4)
    expect(standings(table, 1, 2, 3, 4)).to.deep.equal(['outdated', 'outdated', 'answered', 'answered'])
    table.applied('s', 5, 1, 5)
    expect(standings(table, 2, 3)).to.deep.equal(['outdated', 'answered'])
    expect(table.toData()).to.deep.equal([
      [
        's',
        2,
        5,
        [
          [3, 3],
          [4, 4],
          [5, 5],
        ],
      ],
    ])
  })

  it('knows the bytes of the answers that it keeps, and of all sessions, also when it is restored', () => {
    const table = tableWith()
    table.open('t')
    const bytes = () => [table.bytesOf('s'), table.bytesOf('t'), table.bytes]
    const one = 64 + 1_000
    table.applied('s', 1, 0, new Uint8Array(1_000))
    table.applied('s', 2, 0, new Uint8Array(1_000))
    table.applied('t', 1, 0, new Uint8Array(1_000))
    expect(bytes()).to.deep.equal([2 * one, one, 3 * one])
    const other = new ClientTable()
    other.restore(table.toData())
    expect([other.bytesOf('s'), other.bytes]).to.deep.equal([2 * one, 3 * one])
    table.applied('s', 3, 2, new Uint8Array(1_000))
    expect(bytes()).to.deep.equal([one, one, 2 * one])
    table.expire('t', 1)
    expect(bytes()).to.deep.equal([one, 0, one])
    expect(table.bytesOf('nobody')).to.equal(0)
  })

  it('lets go of the same, however far the floor jumps', () => {
    const jumps = fc.array(fc.record({ by: fc.integer({ min: 1, max: 40 }), floor: fc.nat(60) }), { maxLength: 20 })
    fc.assert(
      fc.property(jumps, steps => {
        const table = tableWith()
        let sequence = 0
        let highest = 0
        for (const { by, floor } of steps) {
          sequence += by
          highest = Math.max(highest, floor)
          if (sequence > highest) table.applied('s', sequence, floor, sequence)
        }
        const [row] = table.toData()
        expect(row![3].every(([each]) => each > row![1])).to.equal(true)
      }),
    )
  })

  it('opens a session once: a repeat forgets nothing', () => {
    const table = tableWith(1)
    table.open('s')
    expect(standings(table, 1)).to.deep.equal(['answered'])
  })

  it('ends a session unless it was used since', () => {
    const table = tableWith(1, 2)
    expect([table.expire('s', 1), table.expire('other', 0)]).to.deep.equal([false, false])
    expect(standings(table, 2)).to.deep.equal(['answered'])
    expect([table.expire('s', 2), table.expire('s', 2)]).to.deep.equal([true, false])
    expect(standings(table, 2, 3)).to.deep.equal(['expired', 'expired'])
  })

  it('does not count an older number as a later use', () => {
    const table = tableWith(5, 3)
    expect(table.last('s')).to.equal(5)
  })

  it('has no room for what is too far above the floor that it carries', () => {
    const table = tableWith(1)
    expect(table.look('s', sessionWindow, 0).standing).to.equal('new')
    expect(table.look('s', sessionWindow + 1, 0).standing).to.equal('beyondWindow')
    expect(table.look('s', sessionWindow + 1, 1).standing).to.equal('new')
    table.applied('s', sessionWindow + 1, 1, 'x')
    expect(table.look('s', sessionWindow + 1, 0).standing, 'a retry has its answer').to.equal('answered')
    expect(table.look('s', 1, 0).standing).to.equal('outdated')
  })

  it('holds a window of answers at most, in whatever order commands come', () => {
    const top = 3 * sessionWindow
    const steps = fc.array(fc.record({ sequence: fc.integer({ min: 1, max: top }), below: fc.nat(2 * sessionWindow) }))
    fc.assert(
      fc.property(steps, commands => {
        const table = tableWith()
        for (const { sequence, below } of commands) {
          const floor = Math.max(0, sequence - below)
          if (table.look('s', sequence, floor).standing === 'new') table.applied('s', sequence, floor, null)
          const [[, lowest, , answers] = ['', 0, 0, []]] = table.toData()
          expect(answers.every(([answered]) => answered > lowest && answered <= lowest + sessionWindow)).to.equal(true)
        }
      }),
    )
  })

  const sessions = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 5 })
  const uses = fc.array(fc.record({ at: fc.nat(4), sequence: fc.integer({ min: 1, max: 9 }), floor: fc.nat(5) }))

  it('is the same out of its data, and equal tables give equal data', () => {
    fc.assert(
      fc.property(sessions, uses, (names, applied) => {
        const [table, other] = [new ClientTable(), new ClientTable()]
        for (const name of names) table.open(name)
        for (const name of [...names].reverse()) other.open(name)
        for (const { at, sequence, floor } of applied) {
          table.applied(names[at] ?? '', sequence, floor, sequence)
          other.applied(names[at] ?? '', sequence, floor, sequence)
        }
        const restored = new ClientTable()
        restored.open('what was here before is gone')
        restored.restore(table.toData())
        expect(other.toData()).to.deep.equal(table.toData())
        expect(restored.toData()).to.deep.equal(table.toData())
        expect([...restored.sessions].sort()).to.deep.equal([...names].sort())
      }),
    )
  })

  it('shares nothing with the data that it was restored from', () => {
    const data = tableWith(1).toData()
    const [first, second] = [new ClientTable(), new ClientTable()]
    first.restore(data)
    second.restore(data)
    first.applied('s', 2, 1, 2)
    expect(standings(second, 1, 2)).to.deep.equal(['answered', 'new'])
  })
})
