import { expect } from 'chai'
import { objectionsToCount } from './judge.ts'

describe('the judge of a counter', () => {
  const judged = (sums: readonly number[], unknown: number, ...finals: readonly number[]) =>
    objectionsToCount({ sums: [...sums], unknown }, finals).join('; ')

  it('takes every acknowledged increment once, and any of the unknown', () => {
    expect(judged([1, 2, 3], 0, 3, 3, 3)).to.equal('')
    expect(judged([3, 1], 1, 3, 3, 3)).to.equal('')
    expect(judged([2, 1], 1, 2, 2, 2)).to.equal('')
    expect(judged([], 0, 0)).to.equal('')
  })

  it('objects to an increment that is lost', () => {
    expect(judged([1, 2, 3], 5, 2, 2, 2)).to.contain('3 increments were acknowledged, the counter is 2')
    expect(judged([1, 3], 0, 2, 2, 2)).to.contain('above the counter')
  })

  it('objects to one that counted twice', () => {
    expect(judged([1, 2, 4], 0, 4, 4, 4)).to.contain('some counted twice')
    expect(judged([1, 2, 4], 1, 5, 5, 5)).to.contain('some counted twice')
  })

  it('objects to a sum that was given twice, though the counter is right', () => {
    expect(judged([1, 2, 2], 0, 3, 3, 3)).to.contain('1 increments were answered with a sum that another had')
  })

  it('objects to replicas that differ, or were not asked', () => {
    expect(judged([1], 1, 1, 2, 1)).to.contain('different counters: 1, 2, 1')
    expect(judged([], 0)).to.contain('different counters')
  })
})
