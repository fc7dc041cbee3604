import { expect } from 'chai'
import fc from 'fast-check'
import { conflict, coversAll, type Footprint, type Keys, unionFootprint } from '../../../machines/protocol/commands.ts'
import { anyFootprint, conflictNaively } from './support/footprints.ts'

describe('commands', () => {
  it('conflict as the naive definition says, whatever they touch, and both ways', () => {
    fc.assert(
      fc.property(anyFootprint, anyFootprint, (a, b) => {
        expect(conflict(a, b)).to.equal(conflictNaively(a, b))
        expect(conflict(b, a)).to.equal(conflict(a, b))
      }),
      { numRuns: 2_000 },
    )
  })

  it('conflict also where footprints are long', () => {
    const long = Array.from({ length: 500 }, (_, at) => `key ${at}`)
    const writer: Footprint = { reads: [], writes: long }
    expect(conflict(writer, { reads: [...long.slice(400), ...long.map(key => `x${key}`)], writes: [] })).to.equal(true)
    expect(conflict(writer, { reads: long.map(key => `x${key}`), writes: [] })).to.equal(false)
  })

  it('reads commute with reads, even of everything', () => {
    expect(conflict({ reads: 'all', writes: [] }, { reads: 'all', writes: [] })).to.equal(false)
  })

  it('what touches nothing conflicts with nothing', () => {
    expect(conflict({ reads: [], writes: [] }, { reads: 'all', writes: 'all' })).to.equal(false)
  })

  it('a footprint covers others when it names each of their keys, in whatever order, and as often', () => {
    const names = (outer: Keys, key: string) => outer === 'all' || outer.includes(key)
    const coversNaively = (outer: Footprint, { reads, writes }: Footprint) =>
      (writes === 'all' ? outer.writes === 'all' : writes.every(key => names(outer.writes, key))) &&
      (reads === 'all'
        ? outer.reads === 'all' || outer.writes === 'all'
        : reads.every(key => names(outer.reads, key) || names(outer.writes, key)))
    fc.assert(
      fc.property(anyFootprint, fc.array(anyFootprint, { maxLength: 4 }), (outer, inner) => {
        expect(coversAll(outer, inner)).to.equal(inner.every(each => coversNaively(outer, each)))
        expect(coversAll(unionFootprint([outer, ...inner]), [outer, ...inner, ...inner])).to.equal(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a batch conflicts with exactly what one of its commands conflicts with', () => {
    fc.assert(
      fc.property(fc.array(anyFootprint, { minLength: 1, maxLength: 4 }), anyFootprint, (batch, other) => {
        expect(conflict(unionFootprint(batch), other)).to.equal(batch.some(each => conflict(each, other)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('a batch names each key once, among the writes if any of it writes', () => {
    const batch = unionFootprint([
      { reads: ['a', 'b'], writes: ['c'] },
      { reads: ['c'], writes: ['b'] },
    ])
    expect(batch).to.eql({ reads: ['a'], writes: ['c', 'b'] })
  })
})
