import { expect } from 'chai'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9]
/** All sets of `size` out of n replicas, as bits. */
const setsOf = (n: number, size: number): number[] =>
  Array.from({ length: 1 << n }, (_, bits) => bits).filter(bits => count(bits) === size)
function count(bits: number): number {
  let ones = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) ones++
  return ones
}

describe('quorums', () => {
  it('are those of the table in section 1 of the protocol', () => {
    const rows = [3, 5, 7, 9].map(n => {
      const { f, e, slow, fast, waitingThreshold } = quorumsOf(n)
      return [n, f, e, slow, fast, waitingThreshold]
    })
    expect(rows).to.eql([
      [3, 1, 1, 2, 2, 1],
      [5, 2, 2, 3, 3, 1],
      [7, 3, 2, 4, 5, 2],
      [9, 4, 3, 5, 6, 2],
    ])
  })

  it('are defined for even n and the smallest, too', () => {
    const rows = [1, 2, 4, 6, 8].map(n => {
      const { f, e } = quorumsOf(n)
      return [n, f, e]
    })
    expect(rows).to.eql([
      [1, 0, 0],
      [2, 0, 0],
      [4, 1, 1],
      [6, 2, 2],
      [8, 3, 3],
    ])
  })

  it('are refused for any other n', () => {
    for (const n of [0, 10, -1, 2.5, Number.NaN]) expect(() => quorumsOf(n), String(n)).to.throw(RangeError)
  })

  for (const n of sizes) {
    describe(`of ${n}, set by set`, () => {
      const { e, f, slow, fast, waitingThreshold } = quorumsOf(n)
      const slowSets = setsOf(n, slow)
      const fastSets = setsOf(n, fast)

      it('f may crash and leave a slow quorum, e a fast one; EPaxos* asks for n >= max(2f + 1, 2e + f - 1)', () => {
        expect(n - f).to.be.at.least(slow)
        expect(n - e).to.be.at.least(fast)
        expect(e).to.be.at.most(f)
        expect(n).to.be.at.least(Math.max(2 * f + 1, 2 * e + f - 1))
        // And both are as large as that allows.
        expect(n).to.be.below(2 * (f + 1) + 1)
        if (e < f) expect(n).to.be.below(2 * (e + 1) + f - 1)
      })

      it('two slow quorums meet: a ballot sees what a lower one has decided', () => {
        for (const a of slowSets) for (const b of slowSets) expect(a & b).not.to.equal(0)
      })

      it('two fast quorums meet: of two conflicting fast commits one has the other in its dependencies', () => {
        for (const a of fastSets) for (const b of fastSets) expect(a & b).not.to.equal(0)
      })

      it('4.3.4: a recovery quorum holds at least |Q| - e > 0 of each fast quorum, and exactly so many only if it holds all outside', () => {
        for (const fastSet of fastSets)
          for (const quorum of slowSets) {
            const agreeing = count(fastSet & quorum)
            expect(agreeing).to.be.at.least(Math.max(1, slow - e))
            // 4.5.2: then every replica outside Q has voted for id, the coordinator of a rival among them.
            const outside = ~quorum & ((1 << n) - 1)
            if (agreeing === slow - e) expect(outside & ~fastSet).to.equal(0)
          }
      })

      it('4.5.3: with more than n - f - e votes for a rival, and its coordinator, no fast quorum is left', () => {
        for (let votes = waitingThreshold + 1; votes < n; votes++)
          for (const rivals of setsOf(n, votes + 1))
            for (const fastSet of fastSets) expect(fastSet & rivals).not.to.equal(0)
      })
    })
  }
})
