import { expect } from 'chai'
import { commitNop, idOf } from '../support/ledger.ts'
import { setUp } from '../support/watching.ts'

describe('watch', () => {
  it('asks the coordinator three times, at doubled delays, and then recovers itself', () => {
    const { watch, within } = setUp()
    watch.heardOf(0, 1)
    expect(within(3_000)).to.eql(['200 ask 0 for 0.1', '600 ask 0 for 0.1', '1400 ask 0 for 0.1', '3000 recover 0.1'])
  })

  it('asks the lowest live replica when the coordinator is not live', () => {
    const { watch, within } = setUp({ self: 2, live: [1, 2] })
    watch.heardOf(0, 1)
    expect(within(200)).to.eql(['200 ask 1 for 0.1'])
  })

  it('recovers at once in its turn when it is the lowest live one', () => {
    const { watch, within } = setUp({ live: [1, 2] })
    watch.heardOf(0, 1)
    expect(within(200)).to.eql(['200 recover 0.1'])
  })

  it('jitters every delay: between one and one and a half times', () => {
    const numbers = [0, 0.5, 0.998]
    const { watch, within } = setUp({ random: () => numbers.shift() ?? 0 })
    watch.heardOf(0, 1)
    // 200 * 1, then 400 * 1.25, then 800 * 1.499.
    expect(within(1_900)).to.eql(['200 ask 0 for 0.1', '700 ask 0 for 0.1', '1899.2 ask 0 for 0.1'])
  })

  it('retransmits what it coordinates at ballot 0, at growing delays up to the cap, for ever', () => {
    const { submit, within } = setUp({ self: 0 })
    submit(1)
    expect(within(9_000)).to.eql([200, 600, 1_400, 3_000, 5_000, 7_000, 9_000].map(at => `${at} resend 0.1`))
  })

  it('sends nothing again while a link still carries much, and goes on when that has left', () => {
    const { submit, within, state } = setUp({ self: 0 })
    submit(1)
    state.haveRoom = false
    expect(within(1_000)).to.eql([])
    state.haveRoom = true
    expect(within(200)).to.eql(['1200 resend 0.1'])
  })

  it('L1: recovers what it coordinates once a nack has told of a higher ballot', () => {
    const { submit, actorOf, within } = setUp({ self: 0 })
    submit(1)
    within(200)
    actorOf(0, 1).send({ type: 'nack', from: 2, message: { type: 'nack', id: idOf(0, 1), bal: 5 } })
    expect(within(400)).to.eql(['600 recover 0.1'])
    expect(actorOf(0, 1).getSnapshot().context.attempt?.ballot).to.equal(6)
  })

  it('L1: recovers an own id that it drives nothing for', () => {
    const { watch, within } = setUp({ self: 0 })
    watch.heardOf(0, 1)
    expect(within(200)).to.eql(['200 recover 0.1'])
  })

  it('L2: resends in an attempt above 0, then restarts it at a higher ballot, at growing delays up to the cap', () => {
    const { watch, within, actorOf } = setUp({ live: [1, 2] })
    watch.heardOf(0, 1)
    const did = within(10_000)
    const restarts = did.filter(each => each.includes('recover')).map(each => Number.parseInt(each, 10))
    expect(did.slice(0, 5)).to.eql([
      '200 recover 0.1',
      '300 resend 0.1',
      '400 recover 0.1',
      '600 resend 0.1',
      '800 recover 0.1',
    ])
    const gaps = restarts.slice(1).map((at, before) => at - restarts[before]!)
    expect(gaps).to.eql([200, 400, 800, 1_600, 2_000, 2_000, 2_000])
    expect(actorOf(0, 1).getSnapshot().context.attempt?.ballot).to.equal(4 + 3 * (restarts.length - 1))
  })

  it('an attempt on a slow disk is given the time of four flushes before it is restarted', () => {
    const { watch, within, state } = setUp({ live: [1, 2] })
    state.flushMs = 90
    watch.heardOf(0, 1)
    expect(within(600)).to.eql(['200 recover 0.1', '380 resend 0.1', '560 recover 0.1'])
  })

  it('what it coordinates on a slow disk another is asked to recover, and it does so itself in the end', () => {
    const { watch, within, state } = setUp({ self: 0 })
    state.flushMs = 200
    watch.heardOf(0, 1)
    expect(within(3_000)).to.eql(['200 ask 1 for 0.1', '600 ask 1 for 0.1', '1400 ask 1 for 0.1', '3000 recover 0.1'])
  })

  it('L3: a nack does not hasten the restart of an attempt', () => {
    const { watch, within, actorOf } = setUp({ live: [1, 2] })
    watch.heardOf(0, 1)
    within(200)
    actorOf(0, 1).send({ type: 'nack', from: 2, message: { type: 'nack', id: idOf(0, 1), bal: 14 } })
    expect(within(200)).to.eql(['300 resend 0.1', '400 recover 0.1'])
    expect(actorOf(0, 1).getSnapshot().context.attempt?.ballot).to.equal(16)
  })

  it('watches every id up to the one it heard of, each once, until it commits', () => {
    const { watch, ledger, within } = setUp()
    watch.heardOf(0, 3)
    watch.heardOf(0, 2)
    watch.heardOf(0, 3)
    expect(watch.size).to.equal(3)
    commitNop(ledger, idOf(0, 2))
    watch.committed(0, 2)
    watch.committed(0, 2)
    expect(watch.size).to.equal(2)
    expect(within(200)).to.eql(['200 ask 0 for 0.1', '200 ask 0 for 0.3'])
  })

  it('watches again, once each, what a restart found uncommitted', () => {
    const { watch, within } = setUp()
    watch.resume(0, 7)
    watch.resume(0, 7)
    expect(watch.size).to.equal(1)
    expect(within(200)).to.eql(['200 ask 0 for 0.7'])
  })

  it('recovers what a suspected replica coordinates after the recovery delay, lowest index first', () => {
    const { watch, state, within } = setUp()
    watch.resume(0, 9)
    watch.resume(0, 4)
    watch.resume(2, 1)
    watch.heardOf(0, 2)
    within(150)
    state.live = [1, 2]
    watch.suspected(0)
    expect(within(100)).to.eql([
      '200 ask 2 for 2.1',
      '250 recover 0.1',
      '250 recover 0.2',
      '250 recover 0.4',
      '250 recover 0.9',
    ])
  })

  it('begins again at the first delay when a peer returns, for all rows', () => {
    const { watch, within } = setUp()
    watch.heardOf(0, 1)
    watch.heardOf(2, 1)
    within(1_400)
    watch.returned(0)
    const did = within(3_000)
    const about = (id: string) => did.filter(each => each.endsWith(id))
    expect(about(' 0.1')).to.eql(['1600 ask 0 for 0.1', '2000 ask 0 for 0.1', '2800 ask 0 for 0.1', '4400 recover 0.1'])
    expect(about(' 2.1')[0], 'another one was asked for it, three times').to.equal('1600 recover 2.1')
  })

  it('nobody who comes and goes puts off what is due', () => {
    const { watch, within, state } = setUp()
    watch.heardOf(0, 1)
    const did: string[] = []
    for (let at = 0; at < 40; at++) {
      did.push(...within(100))
      state.live = at % 2 === 0 ? [0, 1] : [0, 1, 2]
      if (at % 2 === 0) watch.suspected(2)
      else watch.returned(2)
    }
    expect(did.filter(each => each.includes('recover'))).to.not.have.length(0)
  })

  it('leads so many recoveries at once and no more, lowest index first; a finished one makes room', () => {
    const { watch, ledger, did, within } = setUp({ live: [1, 2], limits: { recoveriesMax: 2 } })
    watch.heardOf(0, 4)
    within(200)
    expect(did).to.eql(['200 recover 0.1', '200 recover 0.2'])
    commitNop(ledger, idOf(0, 1))
    watch.committed(0, 1)
    const next = within(100).filter(each => each.includes('recover'))
    expect(next, 'at once').to.eql(['200 recover 0.3'])
  })

  it('tryRecover: leads no more recoveries for being asked to; one that is turned away comes up in its turn', () => {
    const { watch, ledger, did, within, asked, actorOf } = setUp({ limits: { recoveriesMax: 2 } })
    watch.heardOf(0, 3)
    expect([asked(0, 1), asked(0, 2), asked(0, 3)], 'the third has to wait').to.eql([true, true, false])
    expect(asked(0, 1), 'an attempt that runs hears of it').to.equal(true)
    expect(actorOf(0, 3).getSnapshot().context.attempt).to.equal(undefined)
    expect(did, 'nothing of it is the policy of the watch').to.eql([])
    commitNop(ledger, idOf(0, 1))
    watch.committed(0, 1)
    expect(asked(0, 1), 'what is committed is answered').to.equal(true)
    expect(asked(0, 3), 'there is room').to.equal(true)
    const did3 = within(200).filter(each => each.endsWith(' 0.3'))
    expect(did3, 'it is watched like any attempt').to.eql(['100 resend 0.3', '200 recover 0.3'])
  })

  it('tryRecover: what was asked for while there was no room is recovered here once there is, though its coordinator lives', () => {
    const { watch, ledger, within, asked } = setUp({ limits: { recoveriesMax: 1 } })
    watch.heardOf(0, 3)
    expect([asked(0, 1), asked(0, 2)], 'the second has to wait').to.eql([true, false])
    commitNop(ledger, idOf(0, 1))
    watch.committed(0, 1)
    expect(within(1), 'and nobody has asked for the third').to.eql(['0 recover 0.2'])
  })

  it('an attempt that was outbid gives its place up', () => {
    const { watch, did, within, actorOf } = setUp({ live: [1, 2], limits: { recoveriesMax: 1 } })
    watch.heardOf(0, 2)
    within(200)
    const higher = { type: 'recover', id: idOf(0, 1), bal: 8 } as const
    actorOf(0, 1).send({ type: 'recover', from: 2, message: higher })
    expect(actorOf(0, 1).getSnapshot().context.attempt).to.equal(undefined)
    within(300)
    expect(did.filter(each => each.includes('recover'))).to.have.length.greaterThan(1)
  })

  it('recovers nothing whose commit is to be fetched', () => {
    const { watch, state, within } = setUp({ live: [1, 2] })
    state.fetchable = true
    watch.heardOf(0, 1)
    expect(within(2_000)).to.eql([])
    state.fetchable = false
    expect(within(200)).to.eql(['2200 recover 0.1'])
  })
})
