import { expect } from 'chai'
import { chartOf, edgeOf, takenOn } from '../../../examples/debugger/chart/chart-of.ts'
import { layOut } from '../../../examples/debugger/chart/lay-out.ts'
import { newState } from '../../../examples/debugger/model/new-state.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { recordedWorld } from './fixtures/read.ts'

const chart = chartOf(instanceMachine)

describe('debugger: the chart', () => {
  it('has every state of the machine, and every move between two of them', () => {
    const leaves = chart.nodes.filter(({ kind }) => kind === 'leaf' || kind === 'final').map(({ key }) => key)
    expect(leaves).to.have.members([
      'initial',
      'preAccepted',
      'accepted',
      'following',
      'preAccepting',
      'accepting',
      'recovering',
      'validating',
      'waiting',
      'committed',
      'executed',
    ])
    expect(edgeOf(chart, 'preAccepting', 'committed', 'preAcceptOk')?.transitions).to.deep.equal([
      { event: '', guard: 'hasFastQuorum' },
    ])
    expect(edgeOf(chart, 'preAccepting', 'committed', 'commit')?.id).to.equal('undecided>committed')
    expect(edgeOf(chart, 'waiting', 'recovering', 'startRecovery')?.transitions).to.deep.equal([
      { event: 'startRecovery', guard: undefined },
    ])
  })

  it('has an edge for every step that replicas take in a world', () => {
    const { header, events } = recordedWorld()
    const state = events.reduce(reduce, newState(header))
    for (const step of Object.keys(state.edges)) {
      const [, from, to, event] = /^(.*)>(.*):(.*)$/.exec(step)!
      expect(edgeOf(chart, from!, to!, event!), step).to.not.equal(undefined)
    }
    const taken = takenOn(chart, state)
    const total = (id: string) => taken.get(id)!.reduce((sum, count) => sum + count, 0)
    expect(total('undecided.drive.preAccepting>committed')).to.equal(51)
    expect(total('undecided.drive.accepting>committed')).to.equal(30)
  })

  it('is laid out: children in their parents, lines from edge to edge', async () => {
    const { nodes, edges, width, height } = await layOut(chart)
    const byId = new Map(nodes.map(node => [node.id, node]))
    for (const node of nodes) {
      const outer = node.parent === undefined ? { x: 0, y: 0, width, height } : byId.get(node.parent)!
      expect(node.x).to.be.at.least(outer.x)
      expect(node.y).to.be.at.least(outer.y)
      expect(node.x + node.width).to.be.at.most(outer.x + outer.width)
      expect(node.y + node.height).to.be.at.most(outer.y + outer.height)
    }
    for (const { id, from, to, points } of edges) {
      expect(points.length, id).to.be.at.least(2)
      for (const [point, at] of [
        [points[0]!, byId.get(from)!],
        [points.at(-1)!, byId.get(to)!],
      ] as const) {
        expect(point.x, id).to.be.within(at.x - 1, at.x + at.width + 1)
        expect(point.y, id).to.be.within(at.y - 1, at.y + at.height + 1)
      }
    }
  })
})
