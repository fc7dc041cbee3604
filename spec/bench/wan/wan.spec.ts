import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { UsageError } from '../../support/parse-args.ts'
import { fastQuorumMs, leaderBased, longestRoundTripMs } from './geography.ts'
import { parseOptions } from './options.ts'
import type { Reading } from './reading.ts'
import { readShortfalls, summariseReads } from './reads-summary.ts'
import { roundTripMs, roundTrips, sites } from './sites.ts'
import { shortfalls, summarise } from './summary.ts'
import { runWan, type WanOptions } from './world.ts'

const quick = (more: Partial<WanOptions>): WanOptions => ({
  seed: 1,
  conflicts: 0,
  clientsPerSite: 10,
  flushMs: 1,
  warmUpMs: 1_000,
  measuredMs: 3_000,
  limits: defaultLimits,
  ...more,
})

describe('geography of the five sites', () => {
  it('each of the ten pairs has one round trip', () => {
    const pairs = sites.flatMap((_, a) => sites.slice(a + 1).map((_, more) => roundTripMs(a, a + 1 + more)))
    expect(pairs.sort((a, b) => a - b)).to.eql(roundTrips.map(([, , ms]) => ms).sort((a, b) => a - b))
    expect(roundTrips).to.have.length(10)
  })

  it('the nearest fast quorum is the site itself and its two nearest others', () => {
    expect(fastQuorumMs).to.eql([85, 85, 80, 127, 150])
    expect(longestRoundTripMs).to.equal(278)
  })

  it('the best leader is in Oregon: its 80 ms to a majority, and the way to it and back', () => {
    expect(sites[leaderBased.leader]).to.equal('OR')
    expect(leaderBased.ms).to.eql([80 + 80, 21 + 80, 80, 127 + 80, 150 + 80])
  })
})

describe('latency at five sites', () => {
  for (const conflicts of [0, 0.02])
    it(`median commit within 1.05 round trips to the nearest fast quorum at ${100 * conflicts} % conflicts`, () => {
      const point = summarise(conflicts, 1, [runWan(quick({ conflicts }))])
      expect(shortfalls(point)).to.eql([])
      for (const { operations, commitRatio } of point.sites) {
        expect(operations).to.be.above(150)
        // Nobody commits without the others: no site is below its limit.
        expect(commitRatio).to.be.within(1, 1.05)
      }
    })

  it('execution p99 within 4 of the longest round trips where all conflict', () => {
    const simple = { ...defaultLimits, reservedIndices: 0 }
    for (const limits of [simple, defaultLimits]) {
      const point = summarise(1, 1, [runWan(quick({ conflicts: 1, limits }))])
      expect(shortfalls(point)).to.eql([])
      // By the faster rule some sites find that nobody was before them more often.
      expect(point.sites.reduce((sum, { fastShare }) => sum + fastShare, 0) / sites.length).to.be.below(0.2)
      for (const { operations, execution, fastShare } of point.sites) {
        expect(operations).to.be.above(50)
        if (limits === simple) expect(fastShare).to.be.below(0.2)
        expect(execution.p99).to.be.within(1, 4 * longestRoundTripMs)
      }
    }
  })

  it('three flushes stand in the way of a commit, two by the faster rule: what they cost is seen, and too slow a disk is objected to', () => {
    const { sites: all } = summarise(0, 0, [runWan(quick({ flushMs: 0 }))])
    for (const { commitRatio } of all) expect(commitRatio).to.be.within(1, 1.005)
    const slow = (reservedIndices: number) =>
      summarise(0, 4, [runWan(quick({ flushMs: 4, limits: { ...defaultLimits, reservedIndices } }))])
    const [simple, faster] = [slow(0), slow(defaultLimits.reservedIndices)]
    for (const [at, { commit, fastQuorumMs: limitMs }] of simple.sites.entries()) {
      expect(commit.p50).to.be.at.least(limitMs + 3 * 4)
      expect(faster.sites[at]!.commit.p50).to.be.within(limitMs + 2 * 4, commit.p50 - 4 / 2)
    }
    expect(shortfalls(simple)).to.have.length(sites.length)
  })

  it('the others go on without a site that is cut off, and have it back', () => {
    const cutOff = 4
    const { operations } = runWan(quick({ conflicts: 0.25, measuredMs: 12_000, cutOff }))
    const longestMs = (of: (rank: number) => boolean) =>
      Math.max(...operations.filter(({ rank }) => of(rank)).map(each => each.answeredMs - each.arrivedMs))
    expect(longestMs(rank => rank !== cutOff)).to.be.below(2_000)
    expect(longestMs(rank => rank === cutOff)).to.be.above(2_500)
  })

  it('reads by quorum take the round trip to the nearest n - f, and then wait for writes under way alone', () => {
    for (const conflicts of [0, 1]) {
      const { readings } = runWan(quick({ conflicts, readersPerSite: 2 }))
      const read = summariseReads(conflicts, readings)
      expect(readShortfalls(read)).to.eql([])
      for (const { reads, round, slowQuorumMs: limitMs, unhinderedShare } of read.sites) {
        expect(reads).to.be.above(10)
        expect(round.p50).to.be.at.least(limitMs)
        if (conflicts === 0) expect(unhinderedShare).to.equal(1)
        else expect(unhinderedShare, 'most find a write under way').to.be.below(0.5)
      }
    }
  })

  it('objects to reads that took longer, or waited for nothing', () => {
    const reading = { rank: 0, arrivedMs: 0, heardMs: 85, answeredMs: 85, isExplained: true }
    const others = [1, 2, 3, 4].map(rank => ({ ...reading, rank, heardMs: 80 }))
    const of = (change: Partial<Reading>) => readShortfalls(summariseReads(1, [{ ...reading, ...change }, ...others]))
    expect(of({})).to.eql([])
    expect(of({ heardMs: 90 })).to.have.length(1)
    expect(of({ heardMs: Number.NaN }), 'it went as a command').to.have.length(1)
    expect(of({ isExplained: false })).to.have.length(1)
  })

  it('equal options, equal operations', () => {
    const options = quick({ conflicts: 0.25, measuredMs: 1_000 })
    expect(runWan(options).operations).to.eql(runWan(options).operations)
  })
})

describe('options of bench:wan', () => {
  it('shares, worlds, and limits of the replicas', () => {
    const { conflicts, worlds, limits } = parseOptions([
      '--conflicts',
      '0,.5',
      '--worlds',
      '2',
      '--limit',
      'suspicionMs=900',
    ])
    expect({ conflicts, worlds }).to.eql({ conflicts: [0, 0.5], worlds: 2 })
    expect(limits).to.eql({ ...defaultLimits, suspicionMs: 900 })
  })

  for (const args of [
    ['--conflicts', '2'],
    ['--worlds', '0'],
    ['--limit', 'none=1'],
    ['--limit', 'suspicionMs'],
    ['x'],
  ])
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(UsageError)
    })
})
