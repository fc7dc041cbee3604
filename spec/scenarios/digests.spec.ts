import { expect } from 'chai'
import type { Letter } from './support/letters.ts'
import { Table } from './support/table.ts'
import { decideWith, execute } from './support/upkeep.ts'

describe('scenarios: digests of states', () => {
  /** n = 3. One command is executed by all, and A has had its time to propose a point: all compare their states there. */
  function comparison(...drifted: Letter[]): Table {
    const table = new Table(3, { digestIntervalMs: 50 })
    execute(table, 'A', 'BC')
    for (const each of drifted) table.drift(each)
    decideWith(table, 'A', 'BC', table.passUntilProposed('A', 100))
    table.deliver('digest', 'ABC>ABC')
    return table
  }

  it('digests: a replica whose state is not that of the others stops, and they go on', () => {
    const table = comparison('C')
    expect(table.stopped('C'), 'it says why').to.match(/ at member 3;.* most replicas have another one/)
    expect([table.stopped('A'), table.stopped('B')]).to.deep.equal([undefined, undefined])
    const X = execute(table, 'A', 'B')
    expect(table.decided(X)).to.contain('command')
  })

  it('digests: replicas with equal states go on', () => {
    const table = comparison()
    expect([table.stopped('A'), table.stopped('B'), table.stopped('C')]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ])
  })
})
