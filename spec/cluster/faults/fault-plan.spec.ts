import { expect } from 'chai'
import { createRandom } from '../../../examples/kv/workload/random.ts'
import { drawFault, type Fault, kindOf } from './fault-plan.ts'
import { waysBetween } from './replica-links.ts'

const all: readonly Fault['kind'][] = ['kill', 'freeze', 'cut']

function draw(seed: number, ids: readonly number[], kinds = all): readonly Fault[] {
  const random = createRandom(seed)
  return Array.from({ length: 500 }, () => drawFault(random, kinds, ids))
}

describe('a plan of faults', () => {
  it('is the same for the same seed', () => {
    expect(draw(1, [1, 2, 3])).to.eql(draw(1, [1, 2, 3]))
    expect(draw(1, [1, 2, 3])).not.to.eql(draw(2, [1, 2, 3]))
  })

  it('draws every kind, style and shape, and every replica', () => {
    const faults = draw(1, [1, 2, 3])
    const kinds = ['hold', 'drop', 'reset'].flatMap(style =>
      ['pair', 'pair, one way', 'partition', 'partition, one way'].map(shape => `cut (${style}, ${shape})`),
    )
    expect(new Set(faults.map(kindOf))).to.eql(new Set(['kill', 'freeze', ...kinds]))
    for (const kind of ['kill', 'freeze'])
      expect(new Set(faults.flatMap(it => (it.kind === kind && 'replica' in it ? it.replica : [])))).to.eql(
        new Set([1, 2, 3]),
      )
  })

  it('draws a kill of all as it does the others', () => {
    expect(new Set(draw(1, [1, 2, 3], ['kill', 'killAll']).map(kindOf))).to.eql(new Set(['kill', 'killAll']))
  })

  it('draws only the kinds that it is asked for', () => {
    expect(new Set(draw(1, [1, 2, 3], ['freeze']).map(kindOf))).to.eql(new Set(['freeze']))
  })

  for (const ids of [
    [1, 2, 3],
    [1, 2, 3, 4, 5],
  ])
    it(`cuts ways that there are, each once, back too unless it is one way (${ids.length} replicas)`, () => {
      const name = ({ from, to }: { from: number; to: number }) => `${from}->${to}`
      const there = waysBetween(ids).map(name)
      for (const fault of draw(3, ids, ['cut'])) {
        if (fault.kind !== 'cut') throw new Error('only cuts were asked for')
        const cut = fault.ways.map(name)
        expect(there).to.include.members(cut)
        expect(new Set(cut).size).to.equal(cut.length).and.be.above(0)
        const back = fault.ways.map(({ from, to }) => name({ from: to, to: from }))
        if (fault.shape.endsWith('one way')) expect(cut).not.to.include.oneOf(back)
        else expect(cut).to.have.members(back)
        if (fault.shape.startsWith('pair')) expect(new Set(fault.ways.flatMap(Object.values)).size).to.equal(2)
      }
    })
})
