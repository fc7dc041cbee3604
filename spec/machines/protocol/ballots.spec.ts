import { expect } from 'chai'
import { initialBallot, nextBallot, ownerOf } from '../../../machines/protocol/ballots.ts'

const upTo = (n: number): number[] => Array.from({ length: n }, (_, rank) => rank)

describe('ballots', () => {
  it('ballot 0 belongs to the initial coordinator', () => {
    for (const rank of upTo(5)) expect(ownerOf(initialBallot, rank, 5)).to.equal(rank)
  })

  it('b = k*n + p belongs to p, whoever coordinates at first', () => {
    for (const n of [1, 2, 3, 5, 7, 9])
      for (const p of upTo(n)) for (let k = 1; k < 5; k++) expect(ownerOf(k * n + p, 0, n)).to.equal(p)
  })

  it('the next one lies above, is owned, and no own one lies between', () => {
    for (const n of [1, 2, 3, 5, 7, 9])
      for (const p of upTo(n))
        for (let above = 0; above < 6 * n; above++) {
          const next = nextBallot(above, p, n)
          expect(next).to.be.greaterThan(above)
          expect(next).to.be.at.least(n)
          expect(ownerOf(next, (p + 1) % n, n)).to.equal(p)
          expect(next).to.equal((Math.floor(above / n) + 1) * n + p)
        }
  })

  it('B7: two replicas never own one ballot, wherever they start from', () => {
    for (const n of [3, 5, 7]) {
      const owners = new Map<number, number>()
      for (const p of upTo(n))
        for (let above = 0; above < 10 * n; above++) {
          const ballot = nextBallot(above, p, n)
          expect(owners.get(ballot) ?? p).to.equal(p)
          owners.set(ballot, p)
        }
    }
    // `above + n` would be: 4 + 3 = 7 is rank 1's, though rank 2 asks.
    expect(ownerOf(4 + 3, 0, 3)).to.equal(1)
    expect(nextBallot(4, 2, 3)).to.equal(8)
  })
})
