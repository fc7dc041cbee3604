import { expect } from 'chai'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Letter } from './support/letters.ts'
import { Table } from './support/table.ts'

/** A.1 depends on C.1, C.1 on B.1, B.1 on A.1: one component of three, each decided at its coordinator alone. */
function cycle(table: Table): InstanceId[] {
  const ids = [table.submit('A'), table.submit('B'), table.submit('C')]
  table.sync('ABC')
  const next: readonly [Letter, Letter, InstanceId][] = [
    ['A', 'B', ids[0]!],
    ['B', 'C', ids[1]!],
    ['C', 'A', ids[2]!],
  ]
  for (const [from, to, id] of next) table.deliver('preAccept', `${from}>${to}`, id)
  table.sync('ABC')
  for (const [from, to, id] of next) {
    table.deliver('preAcceptOk', `${to}>${from}`, id)
    table.pass(from, 1)
  }
  table.sync('ABC')
  for (const [from, to, id] of next) table.deliver('accept', `${from}>${to}`, id)
  table.sync('ABC')
  for (const [from, to, id] of next) table.deliver('acceptOk', `${to}>${from}`, id)
  table.sync('ABC')
  return ids
}

describe('scenarios: a component is executed as a unit', () => {
  for (const applied of [0, 1, 2])
    it(`X1 (B25): A dies when it has applied ${applied} of the three, and executes the same order after its restart`, () => {
      // A snapshot after every command: the tightest place for one to fall between two members.
      const table = new Table(3, { snapshotCommands: 1 })
      const [first, second, third] = cycle(table)
      table.deliver('commit', '*>B')
      const order = table.log('B')
      expect(order).to.have.length(3)
      table.dieAfterApplying('A', applied)
      table.deliver('commit', '*>A')
      expect(table.isUp('A')).to.equal(false)
      table.restart('A')
      for (const id of [first!, second!, third!]) table.ask('B>A', commitOf(table, id))
      table.pass('A', 50)
      table.sync('A')
      expect(table.log('A')).to.deep.equal(order)
      table.crash('A')
      table.restart('A')
      expect(table.log('A'), 'from its snapshot').to.deep.equal(order)
    })
})

function commitOf(table: Table, id: InstanceId) {
  const { cmd, dep } = table.record('B', id)!
  if (cmd === undefined) throw new Error('B has it committed')
  return { type: 'commit' as const, id, cmd, dep }
}
