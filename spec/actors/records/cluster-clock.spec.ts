import { expect } from 'chai'
import { ClockWatch } from '../../../actors/records/clock-watch.ts'
import { ClusterClock } from '../../../actors/records/cluster-clock.ts'
import { type ReplicaEvent, textOf } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'

const suspicionMs = 500
const hourMs = 3_600_000

/** The cluster clock of rank 0 of three, whose time of day is that of `world` unless it is set. */
function setUp() {
  const world = { nowMs: 10_000, wrongByMs: 0 }
  const clock = new ClusterClock({
    self: 0,
    quorums: quorumsOf(3),
    suspicionMs,
    wallClock: () => world.nowMs + world.wrongByMs,
    now: () => world.nowMs,
  })
  const beat = (rank: number, byMs = 0) => clock.claimed(rank, world.nowMs + byMs)
  return { world, clock, beat }
}

describe('the cluster clock of a replica', () => {
  it('is not known before the clocks of n-f members are', () => {
    const { clock, beat } = setUp()
    expect([clock.passed(), clock.now()]).to.eql([undefined, undefined])
    beat(1)
    expect([clock.passed(), clock.now()]).to.eql([10_000, 10_000])
  })

  it('input 31: is no hour ahead or behind, whose ever clock is, the own one or another', () => {
    for (const byMs of [hourMs, -hourMs]) {
      const own = setUp()
      own.world.wrongByMs = byMs
      own.beat(1)
      own.beat(2)
      expect([own.clock.passed(), own.clock.now()]).to.eql([10_000, 10_000])
      const others = setUp()
      others.beat(1, byMs)
      others.beat(2)
      expect([others.clock.passed(), others.clock.now()]).to.eql([10_000, 10_000])
    }
  })

  it('counts the latest reading of a member: one that was wrong and is set right is right', () => {
    const { clock, beat } = setUp()
    beat(1, hourMs)
    beat(1)
    beat(2, hourMs)
    expect(clock.passed(), 'two clocks were an hour ahead, one after the other').to.equal(10_000)
  })

  it('goes on between heartbeats for deadlines that begin, and not for those that end', () => {
    const { world, clock, beat } = setUp()
    world.wrongByMs = -hourMs
    beat(1)
    beat(2)
    world.nowMs += 90
    expect(clock.now()).to.equal(10_090)
    expect(clock.passed(), 'what nobody has read has not passed').to.equal(10_000)
  })

  it('a member that is not heard any more has passed what it told, and no more; nothing begins without n-f of them', () => {
    const { world, clock, beat } = setUp()
    beat(1)
    world.nowMs += suspicionMs + 1
    expect(clock.now()).to.equal(undefined)
    expect(clock.passed()).to.equal(10_000)
    beat(2)
    expect([clock.passed(), clock.now()]).to.eql([10_501, 10_501])
  })

  it('nothing begins before what has passed, even if more clocks are wrong than may be', () => {
    const { world, clock, beat } = setUp()
    beat(2)
    world.nowMs += suspicionMs + 1
    beat(1, -hourMs)
    expect(clock.passed(), 'member 2 has told so').to.equal(10_000)
    expect(clock.now(), 'of two that are heard one is an hour behind').to.equal(10_000)
  })

  it('the operator is told once that the own clock is far off, and that it is right again', () => {
    const { world, clock, beat } = setUp()
    const told: ReplicaEvent[] = []
    const watch = new ClockWatch({ limits: defaultLimits, clusterClock: clock, log: event => told.push(event) })
    const tick = (byMs: number) => {
      world.wrongByMs = byMs
      watch.tick()
    }
    tick(hourMs)
    expect([clock.aheadMs, ...told], 'too few clocks are known').to.eql([undefined])
    beat(1)
    beat(2)
    for (const byMs of [0, 4_000, hourMs, hourMs, 0, -hourMs]) tick(byMs)
    expect(told).to.eql([
      { code: 'clockOff', aheadMs: hourMs },
      { code: 'clockRight', aheadMs: 0 },
      { code: 'clockOff', aheadMs: -hourMs },
    ])
    expect(textOf(told[0]!)).to.contain('3600000 ms ahead of')
    expect(textOf(told[2]!)).to.contain('-3600000 ms ahead of')
  })

  it('the claim is a whole number of ms, whatever the clock is set to; a peer of another version makes none', () => {
    const { world, clock } = setUp()
    world.wrongByMs = 0.7
    expect(clock.claim).to.equal(10_000)
    world.wrongByMs = -20_000
    expect(clock.claim, 'before 1970').to.equal(0)
    clock.claimed(1, undefined)
    clock.claimed(2, undefined)
    expect([clock.passed(), clock.now()]).to.eql([undefined, undefined])
  })
})
