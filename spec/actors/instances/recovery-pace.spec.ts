import { expect } from 'chai'
import { RecoveryPace } from '../../../actors/instances/recovery-pace.ts'

/** Recoveries end, so many, each after so long at so many at once. */
function run(pace: RecoveryPace, count: number, tookMs: (atOnce: number) => number): void {
  for (let each = 0; each < count; each++) pace.ended(tookMs(pace.atOnce))
}

describe('recovery pace', () => {
  it('grows to the most where many cost no more than one: it is the flushes that take long', () => {
    const pace = new RecoveryPace(256, 100)
    run(pace, 300, () => 800)
    expect(pace.atOnce).to.equal(256)
    expect(pace.recentMs).to.equal(800)
  })

  it('stays where each one more holds up all: it is the processor that is short', () => {
    const pace = new RecoveryPace(256, 100)
    run(pace, 2_000, atOnce => 4 * atOnce)
    expect(pace.atOnce).to.be.within(16, 96)
  })

  it('shrinks when attempts are not done in their time, and never below what tells it more', () => {
    const pace = new RecoveryPace(256, 100)
    run(pace, 300, () => 10)
    for (let each = 0; each < 8; each++) pace.overdue()
    expect(pace.atOnce).to.be.within(100, 200)
    for (let each = 0; each < 200; each++) pace.overdue()
    expect(pace.atOnce).to.equal(16)
  })

  it('recovers when the crowd is gone', () => {
    const pace = new RecoveryPace(256, 100)
    for (let each = 0; each < 200; each++) pace.overdue()
    run(pace, 300, () => 50)
    expect(pace.atOnce).to.equal(256)
  })

  it('leads no more than it may, however few', () => {
    const pace = new RecoveryPace(4, 100)
    run(pace, 100, () => 1)
    pace.overdue()
    expect(pace.atOnce).to.equal(4)
  })

  it('expects what was longest of late, and forgets it', () => {
    const pace = new RecoveryPace(256, 100)
    pace.ended(500)
    run(pace, 50, () => 20)
    expect(pace.recentMs).to.be.within(20, 25)
  })
})
