import { expect } from 'chai'
import fc from 'fast-check'
import {
  type Dependencies,
  includes,
  noDependencies,
  normalised,
  sameDependencies,
  union,
} from '../../../machines/protocol/dependencies.ts'

const n = 4
const top = 6
const vector: fc.Arbitrary<Dependencies> = fc.array(fc.nat(top), { minLength: n, maxLength: n })
const anyId = fc.record({ epoch: fc.constant(1), rank: fc.nat(n - 1), index: fc.integer({ min: 1, max: top }) })
type Id = typeof anyId extends fc.Arbitrary<infer T> ? T : never

/** What a vector stands for: { R.i : 1 <= i <= v[R] } without the id itself. */
function membersOf(id: Id, deps: Dependencies): Set<string> {
  const found = new Set<string>()
  deps.forEach((highest, rank) => {
    for (let index = 1; index <= highest; index++)
      if (rank !== id.rank || index !== id.index) found.add(`${rank}.${index}`)
  })
  return found
}

describe('dependencies', () => {
  it('normalised: the same set, and the own coordinate never names the id', () => {
    fc.assert(
      fc.property(anyId, vector, (id, deps) => {
        const plain = normalised(id, deps)
        expect(membersOf(id, plain)).to.eql(membersOf(id, deps))
        expect(plain[id.rank]).not.to.equal(id.index)
        expect(normalised(id, plain)).to.eql(plain)
      }),
    )
  })

  it('one set, one vector: equal vectors stand for equal sets, and unequal ones for unequal sets', () => {
    fc.assert(
      fc.property(anyId, vector, vector, (id, left, right) => {
        const [a, b] = [normalised(id, left), normalised(id, right)]
        const [setA, setB] = [membersOf(id, a), membersOf(id, b)]
        const isSameSet = setA.size === setB.size && [...setA].every(member => setB.has(member))
        expect(sameDependencies(a, b)).to.equal(isSameSet)
      }),
    )
  })

  it('union: the union of the sets; commutative, associative, idempotent', () => {
    fc.assert(
      fc.property(anyId, vector, vector, vector, (id, left, middle, right) => {
        const [a, b, c] = [left, middle, right].map(deps => normalised(id, deps)) as [
          Dependencies,
          Dependencies,
          Dependencies,
        ]
        const both = union(id, a, b)
        expect([...membersOf(id, both)].sort()).to.eql([...new Set([...membersOf(id, a), ...membersOf(id, b)])].sort())
        expect(union(id, b, a)).to.eql(both)
        expect(union(id, both, c)).to.eql(union(id, a, union(id, b, c)))
        expect(union(id, a, a)).to.eql(a)
        expect(union(id, a, noDependencies(n))).to.eql(a)
      }),
    )
  })

  it('leave what they are given as it was', () => {
    const id = { epoch: 1, rank: 0, index: 3 }
    const a: Dependencies = Object.freeze([3, 0, 0, 0])
    const b: Dependencies = Object.freeze([1, 2, 0, 0])
    expect(union(id, a, b)).to.eql([2, 2, 0, 0])
    expect(normalised(id, a)).to.eql([2, 0, 0, 0])
  })

  it('includes: i <= v[R]', () => {
    fc.assert(
      fc.property(vector, fc.nat(n - 1), fc.integer({ min: 1, max: top + 1 }), (deps, rank, index) => {
        expect(includes(deps, rank, index)).to.equal(
          membersOf({ epoch: 1, rank: 9, index: 1 }, deps).has(`${rank}.${index}`),
        )
      }),
    )
  })

  it('vectors of unequal length are unequal', () => {
    expect(sameDependencies([0, 0], [0, 0, 0])).to.equal(false)
  })
})
