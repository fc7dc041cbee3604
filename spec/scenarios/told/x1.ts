import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Letter } from '../support/letters.ts'
import type { Table } from '../support/table.ts'
import { must, type Told } from './told.ts'

/** A.1 depends on B.1, B.1 on C.1, C.1 on A.1: one component of three, each decided at its coordinator alone. */
export function cycle(table: Table): readonly [InstanceId, InstanceId, InstanceId] {
  const ids = [table.submit('A'), table.submit('B'), table.submit('C')] as const
  table.sync('ABC')
  const next: readonly [Letter, Letter, InstanceId][] = [
    ['A', 'B', ids[0]],
    ['B', 'C', ids[1]],
    ['C', 'A', ids[2]],
  ]
  table.caption(
    'A, B and C propose a command each, on one key. Each reaches the next one in the circle, which answers with its own.',
  )
  for (const [from, to, id] of next) table.deliver('preAccept', `${from}>${to}`, id)
  table.sync('ABC')
  for (const [from, to, id] of next) {
    table.deliver('preAcceptOk', `${to}>${from}`, id)
    table.pass(from, 1)
  }
  table.sync('ABC')
  table.caption(
    'None is a fast quorum: each takes the slow path, with what it was answered. A.1 depends on B.1, B.1 on C.1, C.1 on A.1.',
    ...ids,
  )
  for (const [from, to, id] of next) table.deliver('accept', `${from}>${to}`, id)
  table.sync('ABC')
  for (const [from, to, id] of next) table.deliver('acceptOk', `${to}>${from}`, id)
  table.sync('ABC')
  return ids
}

/** @param applied A dies when it has applied so many of the three */
export function tellX1(table: Table, applied: number): void {
  const ids = cycle(table)
  table.caption(
    'All three are committed at their coordinators. None can be executed before the others: they are one component, executed together, sorted by id.',
    ...ids,
  )
  table.deliver('commit', '*>B')
  const order = table.log('B')
  must(order.length, 3, 'executed at B')
  table.caption(
    `B hears of the others and executes the three. At A the commits come, too, but it dies when it has applied ${applied} of them.`,
    ...ids,
  )
  table.dieAfterApplying('A', applied)
  table.deliver('commit', '*>A')
  must(table.isUp('A'), false, 'A is up')
  table.caption(
    'A restarts. Its snapshot, taken after every command here, never falls between two members of a component (B25): it stands before all three.',
    ...ids,
  )
  table.restart('A')
  for (const id of ids) table.ask('B>A', commitOf(table, id))
  table.pass('A', 50)
  table.sync('A')
  must(table.log('A'), order, 'the order at A')
  table.caption('It executes them once more, from the first: in the same order as B.', ...ids)
  table.crash('A')
  table.restart('A')
  must(table.log('A'), order, 'from its snapshot')
}

export function commitOf(table: Table, id: InstanceId) {
  const { cmd, dep } = table.record('B', id)!
  if (cmd === undefined) throw new Error('B has it committed')
  return { type: 'commit' as const, id, cmd, dep }
}

export const x1: Told = {
  name: 'X1',
  title: 'X1 (B25): a crash in the middle of a component, and the same order after the restart',
  n: 3,
  // The tightest place for a snapshot to fall between two members.
  limits: { snapshotCommands: 1 },
  tell: table => tellX1(table, 1),
}
