import { createExecutionGraph, type ExecutionGraph } from '../../machines/execution/execution-graph.ts'
import type { Command, Footprint } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import { measure } from './support/measure.ts'

/**
 * How many instances a second the execution graph takes in and gives out. Every case counts learnt, committed and
 * takeReady; figures that do not fall with the number of instances mean linear time (a large heap costs more a piece).
 */

interface Instance {
  readonly id: InstanceId
  readonly value: Command
  readonly deps: readonly number[]
}

const writes = (...keys: string[]): Footprint => ({ reads: [], writes: keys })
const at = (n: number, k: number): InstanceId => ({ epoch: 1, rank: k % n, index: Math.floor(k / n) + 1 })
/** The vector of everything proposed before the k-th of a round-robin of n replicas. */
const before = (n: number, k: number): number[] => Array.from({ length: n }, (_, r) => Math.ceil((k - r) / n))
const instance = (id: InstanceId, footprint: Footprint, deps: readonly number[]): Instance => ({
  id,
  value: { footprint, payloads: [] },
  deps,
})
const many = (count: number, make: (k: number) => Instance): Instance[] =>
  Array.from({ length: count }, (_, k) => make(k))
const commit = (graph: ExecutionGraph, { id, value, deps }: Instance): void => graph.committed(id, value, deps)

function report(
  label: string,
  n: number,
  all: readonly Instance[],
  play: (graph: ExecutionGraph) => number,
): Promise<void> {
  return measure(label, all.length, () => {
    const executed = play(createExecutionGraph({ n }))
    if (executed !== all.length) throw new Error(`${label}: ${executed} of ${all.length} were executed`)
  })
}

const taken = (graph: ExecutionGraph): number => graph.takeReady().reduce((sum, { length }) => sum + length, 0)

/** One after the other, each taken when it commits. */
const inOrder = (all: readonly Instance[]) => (graph: ExecutionGraph) => {
  let executed = 0
  for (const each of all) {
    commit(graph, each)
    executed += taken(graph)
  }
  return executed
}

/** All are learnt; then all commit in the given order, something is taken after each. */
const inAnyOrder = (all: readonly Instance[], order: readonly Instance[]) => (graph: ExecutionGraph) => {
  for (const { id, value } of all) graph.learnt(id, value.footprint)
  return inOrder(order)(graph)
}

const chain = (count: number): Instance[] => many(count, k => instance(at(3, k), writes('hot'), before(3, k)))
const firstLast = (all: readonly Instance[]): Instance[] => [...all.slice(1), all[0]!]
/** The committed queue grows at its end in threes, each from the back: joiners that others wait for already. */
function inThreesBackwards([first, ...rest]: readonly Instance[]): Instance[] {
  const threes = Array.from({ length: Math.ceil(rest.length / 3) }, (_, k) => rest.slice(3 * k, 3 * k + 3).reverse())
  return [...threes.flat(), first!]
}
/** A fixed pseudo-random order. */
function shuffled(all: readonly Instance[]): Instance[] {
  const result = [...all]
  let state = 1
  for (let k = result.length - 1; k > 0; k--) {
    state = (state * 48_271) % 2_147_483_647
    const other = state % (k + 1)
    ;[result[k], result[other]] = [result[other]!, result[k]!]
  }
  return result
}

for (const count of [10_000, 100_000, 1_000_000]) {
  const all = chain(count)
  await report(`chain of ${count}, in order`, 3, all, inOrder(all))
  await report(`chain of ${count}, all behind the first`, 3, all, inAnyOrder(all, firstLast(all)))
}
for (const count of [10_000, 100_000]) {
  const all = chain(count)
  await report(`hot key, ${count} queued, from the end`, 3, all, inAnyOrder(all, [...all].reverse()))
  await report(`hot key, ${count} queued, in threes from the end`, 3, all, inAnyOrder(all, inThreesBackwards(all)))
  await report(`hot key, ${count} queued, any order`, 3, all, inAnyOrder(all, shuffled(all)))
}
{
  // Replica 2 proposes what each of the others' waits for besides the queue, and commits it last, one by one.
  const count = 10_000
  const queue = many(count, k => instance(at(2, k), writes('hot', `key${k}`), [...before(2, k), k + 1]))
  const own = many(count, k => instance({ epoch: 1, rank: 2, index: k + 1 }, writes(`key${k}`), [0, 0, 0]))
  const all = [...queue, ...own]
  await report(`hot key, ${count} queued, each behind one more`, 3, all, inAnyOrder(all, all))
}
for (const n of [3, 5]) {
  // Everybody's i-th knows everybody's i-th.
  const all = many(300_000, k => {
    const id = at(n, k)
    return instance(
      id,
      writes('hot'),
      Array.from({ length: n }, (_, r) => (r === id.rank ? id.index - 1 : id.index)),
    )
  })
  await report(`cycles of ${n}, all conflicting`, n, all, inAnyOrder(all, all))
}
for (const count of [10_000, 100_000]) {
  // Each knows the next of the next replica as well: nothing is executed before all are committed.
  const all = many(count, k => {
    const deps = before(3, k)
    if (k + 1 < count) deps[(k + 1) % 3] = at(3, k + 1).index
    return instance(at(3, k), writes('hot'), deps)
  })
  await report(`one cycle of ${count}, any order`, 3, all, inAnyOrder(all, shuffled(all)))
}
for (const covered of [false, true]) {
  const all = many(300_000, k => instance(at(3, k), writes(`key${k % 1_000}`), covered ? before(3, k) : [0, 0, 0]))
  const inFlight = 300
  const label = `wide, ${inFlight} in flight${covered ? ', all of them in the vectors' : ''}`
  await report(label, 3, all, graph => {
    let executed = 0
    all.forEach(({ id, value }, k) => {
      graph.learnt(id, value.footprint)
      // Of every 300 in flight, the last proposed commits first.
      if ((k + 1) % inFlight !== 0) return
      for (let each = k; each > k - inFlight; each--) {
        commit(graph, all[each]!)
        executed += taken(graph)
      }
    })
    return executed
  })
}
{
  const all = many(3_000, k => {
    const keys = Array.from({ length: 100 }, (_, j) => `key${(k * 7_919 + j * 104_729) % 10_000}`)
    return instance(at(3, k), writes(...keys), before(3, k))
  })
  await report('batches of 100 of 10,000 keys, any order', 3, all, inAnyOrder(all, shuffled(all)))
}
