import { expect } from 'chai'
import { AwaitedVotes } from '../../../actors/instances/awaited-votes.ts'
import { RoundTrips } from '../../../actors/instances/round-trips.ts'
import { everybody } from '../../../machines/protocol/addressing.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'

const bits = (...ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + (1 << rank), 0)

/** At rank 1, with these round trips; the first instance of all, which asks everybody, is behind it. */
function votes(n: number, times: Readonly<Record<number, number>>, roundTrips = new RoundTrips()): AwaitedVotes {
  const awaited = new AwaitedVotes(quorumsOf(n), 1, 5, roundTrips)
  expect(awaited.forPreAccept(0), 'nothing is known').to.equal(everybody)
  for (const [rank, tookMs] of Object.entries(times)) roundTrips.answered(Number(rank), true, tookMs)
  return awaited
}

describe('awaited votes', () => {
  it('are those of the replicas that follow, where all are near', () => {
    expect(votes(3, { 0: 0.4, 2: 0.9 }).forPreAccept(0)).to.equal(bits(2))
    expect(votes(5, { 0: 1, 2: 1, 3: 1, 4: 1 }).forPreAccept(0)).to.equal(bits(2, 3))
  })

  it('are those of the nearest, where some are far away', () => {
    expect(votes(3, { 0: 2, 2: 9 }).forPreAccept(0)).to.equal(bits(0))
    expect(votes(5, { 0: 15, 2: 2, 3: 9, 4: 8 }).forPreAccept(0)).to.equal(bits(2, 4))
  })

  it('are fewer for an accept: a slow quorum decides', () => {
    expect(votes(7, { 0: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 }).forPreAccept(0)).to.equal(bits(2, 3, 4, 5))
    expect(votes(7, { 0: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 }).forAccept(0)).to.equal(bits(2, 3, 4))
  })

  it('are everybody’s between sites far apart', () => {
    expect(votes(3, { 0: 20, 2: 90 }).forPreAccept(0)).to.equal(everybody)
    expect(votes(3, { 0: 20, 2: 90 }).forAccept(0)).to.equal(everybody)
  })

  it('are not those of replicas believed down; too few are all', () => {
    expect(votes(3, { 0: 1, 2: 1 }).forPreAccept(bits(2))).to.equal(bits(0))
    expect(votes(5, { 0: 1, 2: 1, 3: 1, 4: 1 }).forPreAccept(bits(2, 3, 4))).to.equal(bits(0))
  })

  it('are everybody’s while a round trip is not known, and now and then, so that all stay known', () => {
    const roundTrips = new RoundTrips()
    const awaited = votes(3, { 2: 1 }, roundTrips)
    expect(awaited.forPreAccept(0)).to.equal(everybody)
    roundTrips.answered(0, false, 1)
    const all = Array.from({ length: 1_000 }, () => awaited.forPreAccept(0)).filter(each => each === everybody)
    expect(all.length).to.be.within(10, 20)
  })
})
