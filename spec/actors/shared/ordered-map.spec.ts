import { expect } from 'chai'
import fc from 'fast-check'
import { compareTexts } from '../../../actors/shared/ordered-keys.ts'
import { OrderedMap } from '../../../actors/shared/ordered-map.ts'

const anyKey = fc.oneof(fc.constantFrom('a', 'b', 'c', 'ab', ''), fc.string({ unit: 'binary', maxLength: 3 }))
const bytes = (text: string) => Buffer.from(text, 'utf8')

describe('texts', () => {
  it('are in the order of their bytes', () => {
    expect(compareTexts('\uffff', '\u{1f600}'), 'where the language has another order').to.be.below(0)
    expect('\uffff' < '\u{1f600}').to.equal(false)
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(Math.sign(compareTexts(a, b))).to.equal(Buffer.compare(bytes(a), bytes(b)))
      }),
    )
  })
})

describe('an ordered map', () => {
  it('is a map, whose keys are in order: any history of sets and deletes', () => {
    const anyStep = fc.record({ key: anyKey, value: fc.option(fc.nat(9), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), anyKey, anyKey, (steps, from, to) => {
        const [map, model] = [new OrderedMap<number>(), new Map<string, number>()]
        for (const { key, value } of steps) {
          if (value === undefined) expect(map.delete(key)).to.equal(model.delete(key))
          else for (const each of [map, model]) each.set(key, value)
        }
        const expected = [...model].sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b)))
        expect([...map]).to.eql(expected)
        expect(map.size).to.equal(model.size)
        for (const [key, value] of expected) expect([map.get(key), map.has(key)]).to.eql([value, true])
        const inRange = expected.map(([key]) => key).filter(key => compareTexts(key, from) >= 0)
        expect([...map.keys({ from })]).to.eql(inRange)
        expect([...map.keys({ from, to })]).to.eql(inRange.filter(key => compareTexts(key, to) < 0))
        expect([...new OrderedMap(model)]).to.eql(expected)
      }),
    )
  })

  it('holds many keys in order, in whatever order they come and go', () => {
    const names = Array.from({ length: 5_000 }, (_, at) => String((at * 2_654_435_761) % 100_003).padStart(6, '0'))
    const map = new OrderedMap<number>()
    for (const [at, name] of names.entries()) map.set(name, at)
    const sorted = [...names].sort()
    expect([...map.keys()]).to.eql(sorted)
    expect([...map.keys({ from: sorted[2_000]!, to: sorted[2_003]! })]).to.eql(sorted.slice(2_000, 2_003))
    expect([...map.keys({ from: 'z' })]).to.eql([])
    for (const name of sorted.slice(10)) map.delete(name)
    expect([...map.keys()]).to.eql(sorted.slice(0, 10))
    map.clear()
    expect([map.size, ...map]).to.eql([0])
  })

  it('input 23: equal maps give equal bytes, whatever the way there', () => {
    const forth = new OrderedMap([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
    const back = new OrderedMap([
      ['c', 3],
      ['x', 0],
      ['b', 2],
      ['a', 1],
    ] as const)
    back.delete('x')
    expect(JSON.stringify([...back])).to.equal(JSON.stringify([...forth]))
    const plain = (keys: string) => JSON.stringify([...new Map([...keys].map(key => [key, 1]))])
    expect(plain('ab'), 'as a Map does not').to.not.equal(plain('ba'))
  })
})
