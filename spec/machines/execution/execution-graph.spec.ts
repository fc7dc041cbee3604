import { expect } from 'chai'
import { ExecutedSet } from '../../../machines/execution/executed-set.ts'
import {
  type Component,
  createExecutionGraph,
  type ExecutionGraph,
} from '../../../machines/execution/execution-graph.ts'
import { type Footprint, NOP } from '../../../machines/protocol/commands.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { command, id, reads, writes } from './random-graphs.ts'

const none = [0, 0, 0]
const [a1, b1, c1, a2, b2] = [id(0, 1), id(1, 1), id(2, 1), id(0, 2), id(1, 2)]
const everything: Footprint = { reads: 'all', writes: [] }
const anything: Footprint = { reads: [], writes: 'all' }

/** `0.1 1.1` for a component of two, by rank. */
const order = (components: readonly Component[]): string[] =>
  components.map(component => component.map(each => `${each.id.rank}.${each.id.index}`).join(' '))

function graphOf(n = 3): {
  graph: ExecutionGraph
  commit: (of: InstanceId, footprint: Footprint, deps: readonly number[]) => void
  nop: (of: InstanceId) => void
  taken: () => string[]
  waitsFor: (of: InstanceId) => string[]
} {
  const graph = createExecutionGraph({ n })
  return {
    graph,
    commit: (of, footprint, deps) => graph.committed(of, command(footprint), deps),
    nop: of => graph.committed(of, NOP, new Array<number>(n).fill(0)),
    taken: () => order(graph.takeReady()),
    waitsFor: of => graph.blockers(of).map(each => `${each.id.rank}.${each.id.index} ${each.reason}`),
  }
}

describe('execution graph', () => {
  it('executes what depends on nothing at once, with its value, and once', () => {
    const { graph } = graphOf()
    const value = command(writes('x'))
    graph.committed(a1, value, none)
    expect(graph.executed.has(a1)).to.equal(false)
    expect(graph.unexecuted).to.equal(1)
    expect(graph.takeReady()).to.deep.equal([[{ id: a1, value }]])
    expect(graph.executed.has(a1)).to.equal(true)
    expect(graph.unexecuted).to.equal(0)
    graph.committed(a1, value, none)
    graph.learnt(a1, writes('x'))
    expect(graph.takeReady()).to.deep.equal([])
  })

  it('executes a chain from its beginning, committed from its end', () => {
    const { commit, taken } = graphOf()
    commit(c1, writes('x'), [1, 1, 0])
    expect(taken()).to.deep.equal([])
    commit(b1, writes('x'), [1, 0, 0])
    expect(taken()).to.deep.equal([])
    commit(a1, writes('x'), none)
    expect(taken()).to.deep.equal(['0.1', '1.1', '2.1'])
  })

  it('executes a cycle as one component, by rank and index, whatever committed first', () => {
    const { commit, taken } = graphOf()
    commit(c1, writes('x'), [1, 0, 0])
    commit(a2, writes('x'), [1, 0, 0])
    commit(b1, writes('x'), [0, 0, 1])
    expect(taken()).to.deep.equal([])
    commit(a1, writes('x'), [0, 1, 0])
    expect(taken()).to.deep.equal(['0.1 1.1 2.1', '0.2'])
  })

  it('holds a cycle back for what one member waits for', () => {
    const { commit, taken, waitsFor } = graphOf()
    commit(a1, writes('x'), [0, 1, 0])
    commit(b1, writes('x', 'y'), [1, 0, 1])
    commit(a2, writes('x'), [1, 1, 0])
    expect(taken()).to.deep.equal([])
    expect(waitsFor(b1)).to.deep.equal(['2.1 unknownPayload', '0.1 unexecuted'])
    commit(c1, writes('y'), none)
    expect(taken()).to.deep.equal(['2.1', '0.1 1.1', '0.2'])
  })

  it('B5: one that waits, for ever perhaps, holds back nothing that commutes with it', () => {
    const { commit, taken } = graphOf()
    commit(a1, writes('x'), [0, 9, 0])
    expect(taken()).to.deep.equal([])
    commit(c1, writes('y'), [1, 0, 0])
    expect(taken()).to.deep.equal(['2.1'])
    commit(a2, writes('y', 'x'), [1, 0, 1])
    commit(id(2, 2), reads('z'), [2, 0, 1])
    expect(taken()).to.deep.equal(['2.2'])
  })

  it('merges a late member that closes a cycle with what waited for it', () => {
    const { graph, commit, taken } = graphOf()
    graph.learnt(c1, writes('x'))
    commit(a1, writes('x'), [0, 1, 0])
    commit(b1, writes('x'), [0, 0, 1])
    expect(taken()).to.deep.equal([])
    commit(c1, writes('x'), [1, 0, 0])
    expect(taken()).to.deep.equal(['0.1 1.1 2.1'])
  })

  it('awaits an unknown payload until it turns out to commute', () => {
    const { graph, commit, taken, waitsFor } = graphOf()
    commit(a2, writes('x'), [1, 2, 0])
    expect(waitsFor(a2)).to.deep.equal(['0.1 unknownPayload', '1.1 unknownPayload', '1.2 unknownPayload'])
    expect(graph.awaited()).to.deep.equal([])
    expect(taken()).to.deep.equal([])
    expect(graph.awaited()).to.deep.equal([a1])
    graph.learnt(a1, writes('y'))
    graph.learnt(b2, reads('y'))
    expect(taken()).to.deep.equal([])
    expect(waitsFor(a2)).to.deep.equal(['1.1 unknownPayload'])
    expect(graph.awaited()).to.deep.equal([b1])
    graph.learnt(b1, writes('y'))
    expect(taken()).to.deep.equal(['0.2'])
  })

  it('says what it waits for, also above an unknown payload of the row', () => {
    const { graph, commit, waitsFor } = graphOf()
    commit(a1, writes('x'), [0, 5, 0])
    graph.learnt(b2, writes('x'))
    graph.learnt(id(1, 3), writes('y'))
    commit(id(1, 4), reads('x'), [1, 0, 0])
    expect(waitsFor(a1)).to.deep.equal([
      '1.1 unknownPayload',
      '1.2 uncommitted',
      '1.4 unexecuted',
      '1.5 unknownPayload',
    ])
    expect(graph.blockers(a1, 2)).to.have.length(2)
  })

  it('awaits an unknown payload that turns out to conflict until it commits', () => {
    const { graph, commit, taken, waitsFor } = graphOf()
    commit(a1, writes('x'), [0, 1, 0])
    expect(taken()).to.deep.equal([])
    graph.learnt(b1, reads('x'))
    expect(taken()).to.deep.equal([])
    expect(waitsFor(a1)).to.deep.equal(['1.1 uncommitted'])
    expect(waitsFor(b1)).to.deep.equal(['1.1 uncommitted'])
    expect(graph.awaited()).to.deep.equal([b1])
    expect(graph.awaited(0)).to.deep.equal([])
    commit(b1, reads('x'), none)
    expect(taken()).to.deep.equal(['1.1', '0.1'])
    expect(graph.awaited()).to.deep.equal([])
    expect(waitsFor(a1)).to.deep.equal([])
  })

  it('awaits what may turn out to be Nop: unknown, or known to conflict', () => {
    const { graph, commit, nop, taken } = graphOf()
    graph.learnt(c1, writes('x'))
    commit(a1, writes('x'), [0, 1, 1])
    expect(taken()).to.deep.equal([])
    nop(b1)
    expect(taken()).to.deep.equal(['1.1'])
    nop(c1)
    expect(taken()).to.deep.equal(['2.1', '0.1'])
  })

  it('hands a Nop out as soon as it is committed, so that the prefix moves', () => {
    const { graph, nop, taken } = graphOf()
    nop(a2)
    expect(graph.executed.has(a2)).to.equal(false)
    expect(taken()).to.deep.equal(['0.2'])
    nop(a2)
    graph.learnt(a2, writes('x'))
    nop(a1)
    nop(a1)
    expect(graph.unexecuted).to.equal(1)
    expect(graph.takeReady()).to.deep.equal([[{ id: a1, value: NOP }]])
    expect(graph.executed.prefix()).to.deep.equal([2, 0, 0])
  })

  it('lets reads pass reads, but not a write between them', () => {
    const { graph, commit, taken } = graphOf()
    graph.learnt(a1, reads('x'))
    commit(b1, reads('x'), [1, 0, 0])
    expect(taken()).to.deep.equal(['1.1'])
    commit(c1, writes('x'), [1, 1, 0])
    commit(b2, reads('x'), [1, 1, 1])
    expect(taken()).to.deep.equal([])
    commit(a1, reads('x'), none)
    expect(taken()).to.deep.equal(['0.1', '2.1', '1.2'])
  })

  it("orders 'all' with every key, and commutes reading all with reads", () => {
    const { graph, commit, taken, waitsFor } = graphOf()
    graph.learnt(a1, writes('x'))
    graph.learnt(b1, reads('y'))
    commit(c1, everything, [1, 1, 0])
    expect(taken()).to.deep.equal([])
    expect(waitsFor(c1)).to.deep.equal(['0.1 uncommitted'])
    commit(a2, anything, [1, 1, 1])
    commit(b2, reads('z'), [2, 0, 0])
    commit(id(2, 2), writes('z'), [0, 0, 1])
    expect(waitsFor(a2)).to.deep.equal(['0.1 uncommitted', '1.1 uncommitted', '2.1 unexecuted'])
    expect(waitsFor(b2)).to.deep.equal(['0.2 unexecuted'])
    expect(waitsFor(id(2, 2))).to.deep.equal(['2.1 unexecuted'])
    commit(a1, writes('x'), none)
    expect(taken()).to.deep.equal(['0.1', '2.1', '2.2'])
    commit(b1, reads('y'), none)
    expect(taken()).to.deep.equal(['1.1', '0.2', '1.2'])
  })

  it('commutes an empty footprint with everything, once known', () => {
    const { graph, commit, taken } = graphOf()
    graph.learnt(a1, anything)
    commit(b1, { reads: [], writes: [] }, [1, 0, 0])
    expect(taken()).to.deep.equal(['1.1'])
  })

  it('orders batches of several keys through every one of them', () => {
    const { commit, taken } = graphOf()
    commit(c1, { reads: ['x', 'z'], writes: ['y', 'y'] }, [1, 1, 0])
    commit(id(2, 2), { reads: ['v', 'w'], writes: ['v'] }, [1, 1, 1])
    commit(b1, writes('y', 'w'), [1, 0, 0])
    expect(taken()).to.deep.equal([])
    commit(a1, writes('x'), none)
    expect(taken().sort()).to.deep.equal(['0.1', '1.1', '2.1', '2.2'])
  })

  it('takes what it is asked for, whole components, and the rest the next time', () => {
    const { graph, commit, nop } = graphOf()
    nop(b2)
    commit(a1, writes('x'), [0, 1, 0])
    commit(b1, writes('x'), [1, 0, 0])
    commit(c1, writes('x'), [1, 0, 0])
    expect(order(graph.takeReady(1))).to.deep.equal(['1.2'])
    expect(order(graph.takeReady(1))).to.deep.equal(['0.1 1.1'])
    expect(graph.unexecuted).to.equal(1)
    expect(order(graph.takeReady(1))).to.deep.equal(['2.1'])
    expect(order(graph.takeReady(1))).to.deep.equal([])
  })

  it('counts what was executed before as executed, also what others name', () => {
    const executed = new ExecutedSet(3)
    for (const each of [a1, b2]) executed.add(each)
    const graph = createExecutionGraph({ n: 3, executed })
    graph.learnt(a1, writes('x'))
    graph.committed(b2, command(writes('x')), none)
    graph.committed(a2, command(writes('x')), [1, 2, 0])
    expect(order(graph.takeReady())).to.deep.equal([])
    graph.committed(b1, NOP, none)
    expect(order(graph.takeReady())).to.deep.equal(['1.1', '0.2'])
    expect(executed.has(a2)).to.equal(false)
    expect(graph.executed.toData()).to.deep.equal({ prefix: [2, 2, 0], above: [[], [], []] })
  })

  it('X1: a component of three is handed out whole, so that a restart finds all of it executed or none', () => {
    const play = (executed: ExecutedSet): ExecutionGraph => {
      const graph = createExecutionGraph({ n: 3, executed })
      graph.committed(c1, command(writes('x')), [1, 0, 0])
      graph.committed(b1, command(writes('x')), [0, 0, 1])
      graph.committed(a1, command(writes('x')), [0, 1, 0])
      graph.committed(a2, command(writes('x')), [1, 1, 1])
      return graph
    }
    const whole = play(new ExecutedSet(3))
    expect(order(whole.takeReady(1))).to.deep.equal(['0.1 1.1 2.1'])
    const restored = play(ExecutedSet.fromData(whole.executed.toData()))
    expect(order(restored.takeReady())).to.deep.equal(['0.2'])
    // What the rule forbids: with only the first member of the cycle in the set, the rest comes out in another order.
    const half = new ExecutedSet(3)
    half.add(a1)
    expect(order(play(half).takeReady())).to.deep.equal(['2.1', '1.1', '0.2'])
  })

  it('needs no recursion for a long chain behind one instance, and keeps nothing of it', () => {
    const { graph, commit } = graphOf(1)
    const length = 50_000
    for (let index = length; index > 1; index--) commit(id(0, index), writes('x'), [index - 1])
    expect(graph.takeReady()).to.deep.equal([])
    commit(id(0, 1), writes('x'), [0])
    expect(graph.takeReady().flat()).to.have.length(length)
    expect(graph.executed.toData()).to.deep.equal({ prefix: [length], above: [[]] })
    expect(graph.unexecuted).to.equal(0)
  })

  it('refuses ids and vectors that are not of its epoch and size', () => {
    const { graph } = graphOf()
    expect(() => graph.learnt({ epoch: 2, rank: 0, index: 1 }, writes('x'))).to.throw(InvariantError, /epoch 2/)
    expect(() => graph.learnt(id(3, 1), writes('x'))).to.throw(InvariantError, /rank 3/)
    expect(() => graph.learnt(id(0, 0), writes('x'))).to.throw(InvariantError, /index 0/)
    expect(() => graph.committed(a1, command(writes('x')), [0])).to.throw(InvariantError, /1 dependencies, not 3/)
    expect(() => createExecutionGraph({ n: 5, executed: new ExecutedSet(3) })).to.throw(InvariantError, /3 rows/)
  })
})
