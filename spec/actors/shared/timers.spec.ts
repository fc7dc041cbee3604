import { expect } from 'chai'
import fc from 'fast-check'
import { TimerQueue } from '../../../actors/shared/timers.ts'
import { FakeClock } from '../support/clock.ts'

function setUp() {
  const clock = new FakeClock()
  const ran: string[] = []
  const late: number[] = []
  const turns: string[][] = []
  const timers = new TimerQueue<string>(
    clock,
    timers => {
      const from = ran.length
      for (const due of timers()) ran.push(due)
      turns.push(ran.slice(from))
    },
    lateMs => late.push(lateMs),
  )
  const set = (name: string, delayMs: number) => timers.set(delayMs, () => ran.push(`${name} at ${clock.now()}`))
  return { clock, ran, late, turns, timers, set }
}

describe('timer queue', () => {
  it('runs timers in the order of their times, then of being set', () => {
    const { clock, ran, set } = setUp()
    set('third', 20)
    set('first', 10)
    set('second', 10)
    set('fourth', 20)
    clock.pass(30)
    expect(ran).to.eql(['first at 10', 'second at 10', 'third at 20', 'fourth at 20'])
  })

  it('runs many in several wake-ups, so that others have turns in between, and none is late for that', () => {
    const { clock, ran, turns, late, timers } = setUp()
    const some = Array.from({ length: 200 }, (_, at) => timers.setDue(10, () => `${at}`))
    for (const timer of some.slice(100, 150)) timer.cancelled = true
    clock.pass(10)
    expect(ran).to.eql([...some.keys()].filter(at => at < 100 || at >= 150).map(String))
    expect(turns.map(({ length }) => length)).to.eql([64, 64, 22])
    expect(late).to.eql([0, 0, 0])
  })

  it('any number of them, some cancelled', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ delay: fc.nat(20), cancelled: fc.boolean() })), all => {
        const { clock, timers } = setUp()
        const ran: number[] = []
        const set = all.map(({ delay }, at) => timers.set(delay, () => ran.push(at)))
        all.forEach(({ cancelled }, at) => {
          set[at]!.cancelled = cancelled
        })
        clock.pass(20)
        const expected = all
          .flatMap((each, at) => (each.cancelled ? [] : [{ delay: each.delay, at }]))
          .sort((a, b) => a.delay - b.delay || a.at - b.at)
        expect(ran).to.eql(expected.map(({ at }) => at))
      }),
    )
  })

  it('keeps one timeout of the clock, for the first of them', () => {
    const { clock, set } = setUp()
    set('late', 100)
    set('early', 10)
    set('middle', 50)
    expect(clock.armed).to.equal(1)
    clock.pass(10)
    expect(clock.armed).to.equal(1)
    clock.pass(90)
    expect(clock.armed).to.equal(0)
  })

  it('what is cancelled does not run; neither does what is cancelled by one that ran before it', () => {
    const { clock, ran, timers, set } = setUp()
    const first = set('first', 10)
    const victim = set('victim', 20)
    timers.set(20, () => ran.push('other'))
    first.cancelled = true
    timers.set(15, () => {
      victim.cancelled = true
    })
    clock.pass(30)
    expect(ran).to.eql(['other'])
  })

  it('a timer may set timers: those that are due already run in the same turn, the others later', () => {
    const { clock, ran, turns, timers, set } = setUp()
    timers.set(10, () => {
      set('at once', 0)
      set('negative', -5)
      set('soon', 5)
    })
    clock.pass(10)
    expect(ran).to.eql(['at once at 10', 'negative at 10'])
    expect(turns[0]).to.eql(ran)
    clock.pass(5)
    expect(ran.at(-1)).to.equal('soon at 15')
  })

  it('runs all that is due as one turn, and says first how late it came', () => {
    const { clock, turns, late, set } = setUp()
    set('a', 10)
    set('b', 30)
    clock.stall(300)
    expect(turns).to.eql([['a at 300', 'b at 300']])
    expect(late).to.eql([290])
    set('c', 10)
    clock.pass(10)
    expect(late).to.eql([290, 0])
  })

  it('what a timer makes is done by the turn, before the next one runs', () => {
    const { clock, ran, timers, set } = setUp()
    set('a', 10)
    timers.setDue(20, () => 'made')
    timers.setDue(20, () => undefined)
    set('b', 30)
    clock.stall(300)
    expect(ran).to.eql(['a at 300', 'made', 'b at 300'])
  })

  it('nothing runs after stop', () => {
    const { clock, ran, timers, set } = setUp()
    set('before', 10)
    timers.stop()
    set('after', 10)
    clock.pass(100)
    expect(ran).to.eql([])
    expect(clock.armed).to.equal(0)
  })

  it('a timer may stop the queue: what was due with it does not run', () => {
    const { clock, ran, timers, set } = setUp()
    timers.set(10, () => timers.stop())
    set('with it', 10)
    clock.pass(100)
    expect(ran).to.eql([])
    expect(clock.armed).to.equal(0)
  })
})
