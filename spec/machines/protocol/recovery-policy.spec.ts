import { expect } from 'chai'
import { helperOf, nextMove, type Situation } from '../../../machines/protocol/recovery-policy.ts'

/** Rank 1 of three, nothing running, all live; the instance is rank 0's. */
const usual: Situation = {
  self: 1,
  initialCoordinator: 0,
  attempt: undefined,
  attemptOverdue: false,
  highestBallot: 0,
  live: [0, 1, 2],
  hearsQuorum: true,
  asked: 0,
  ballotOwner: undefined,
  isBacklog: false,
  yielded: 0,
  slow: [],
  isSlow: false,
}
const move = (change: Partial<Situation>) => nextMove({ ...usual, ...change })
const own = { self: 0, initialCoordinator: 0 }

describe('recovery policy', () => {
  it('the coordinator retransmits at ballot 0, overdue or not: it does not recover', () => {
    for (const attemptOverdue of [false, true])
      expect(move({ ...own, attempt: 0, attemptOverdue })).to.eql({ move: 'resend' })
  })

  it('L1: it recovers once its own ballot has moved: promised, or told of by a nack', () => {
    expect(move({ ...own, attempt: 0, highestBallot: 4 })).to.eql({ move: 'recover' })
  })

  it('L1: and when it drives nothing: outbid, restarted, or without a record', () => {
    expect(move({ ...own })).to.eql({ move: 'recover' })
    expect(move({ ...own, highestBallot: 4 })).to.eql({ move: 'recover' })
    expect(move({ ...own, live: [0] })).to.eql({ move: 'recover' })
  })

  it('L2: an attempt above 0 is resent until it is overdue, and then restarted by its owner', () => {
    expect(move({ attempt: 4 })).to.eql({ move: 'resend' })
    expect(move({ attempt: 4, attemptOverdue: true })).to.eql({ move: 'recover' })
  })

  it('section 7: refused by a higher ballot, it is started again only by the one who should', () => {
    const refused = { attempt: 5, attemptOverdue: true, highestBallot: 9 }
    expect(move({ self: 2, ...refused })).to.eql({ move: 'ask', rank: 0 })
    expect(move({ self: 2, ...refused, asked: 3 })).to.eql({ move: 'recover' })
    expect(move({ ...refused, live: [1, 2] })).to.eql({ move: 'recover' })
    expect(move({ ...own, ...refused })).to.eql({ move: 'recover' })
  })

  it('B14: who hears too few to decide anything leads nothing; it asks, and resends, as ever', () => {
    const deaf = { hearsQuorum: false }
    expect(move({ ...deaf, live: [1] })).to.eql({ move: 'wait' })
    expect(move({ ...deaf, ...own })).to.eql({ move: 'wait' })
    expect(move({ ...deaf, attempt: 4, attemptOverdue: true })).to.eql({ move: 'wait' })
    expect(move({ ...deaf, self: 2 })).to.eql({ move: 'ask', rank: 0 })
    expect(move({ ...deaf, attempt: 4 })).to.eql({ move: 'resend' })
    expect(move({ ...deaf, ...own, attempt: 0 })).to.eql({ move: 'resend' })
  })

  it('Mute: a replica with slow flushes asks the lowest other live one to lead, as often as any is asked', () => {
    const slow = { ...own, isSlow: true }
    expect(move(slow)).to.eql({ move: 'ask', rank: 1 })
    expect(move({ ...slow, attempt: 3 })).to.eql({ move: 'ask', rank: 1 })
    expect(move({ ...slow, live: [0, 2] })).to.eql({ move: 'ask', rank: 2 })
    expect(move({ ...slow, live: [0] })).to.eql({ move: 'recover' })
    expect(move({ ...slow, asked: 3 })).to.eql({ move: 'recover' })
    expect(move({ ...slow, attempt: 3, asked: 3 })).to.eql({ move: 'resend' })
    expect(move({ ...slow, attempt: 3, attemptOverdue: true })).to.eql({ move: 'recover' })
    expect(move({ ...slow, attempt: 0 }), 'what it proposes it resends').to.eql({ move: 'resend' })
  })

  it('L3: a nack does not restart it before its delay', () => {
    expect(move({ attempt: 4, highestBallot: 8 })).to.eql({ move: 'resend' })
  })

  it('B14: others ask the coordinator while it is live, else the lowest live replica', () => {
    expect(move({ self: 2 })).to.eql({ move: 'ask', rank: 0 })
    expect(move({ self: 2, live: [1, 2] })).to.eql({ move: 'ask', rank: 1 })
    expect(move({ self: 0, initialCoordinator: 2 })).to.eql({ move: 'ask', rank: 2 })
  })

  it('the lowest live replica leads when the coordinator is not live (L4: able to vote, in step)', () => {
    expect(move({ live: [1, 2] })).to.eql({ move: 'recover' })
    expect(move({ live: [1] })).to.eql({ move: 'recover' })
    expect(move({ self: 0, initialCoordinator: 2, live: [0, 1] })).to.eql({ move: 'recover' })
  })

  it('L7: who has asked in vain leaves it to a live replica that leads, three times', () => {
    const led = { asked: 3, highestBallot: 5, ballotOwner: 2 }
    for (const yielded of [0, 1, 2]) expect(move({ ...led, yielded })).to.eql({ move: 'yield' })
    expect(move({ ...led, yielded: 3 })).to.eql({ move: 'recover' })
    expect(move({ ...led, live: [0, 1] }), 'it is gone').to.eql({ move: 'recover' })
    expect(move({ ...led, ballotOwner: 1 }), 'its own').to.eql({ move: 'recover' })
    expect(move({ ...led, highestBallot: 3, ballotOwner: 0 }), 'the one asked in vain').to.eql({ move: 'recover' })
  })

  it('L7: of many recoveries the lowest live replica leads all, beside the coordinator', () => {
    const many = { asked: 3, isBacklog: true }
    expect(move({ ...many, self: 2 })).to.eql({ move: 'yield' })
    expect(move({ ...many, self: 2, yielded: 3 })).to.eql({ move: 'recover' })
    expect(move(many)).to.eql({ move: 'recover' })
  })

  it('who has asked three times without a commit recovers itself', () => {
    for (const asked of [1, 2]) expect(move({ asked })).to.eql({ move: 'ask', rank: 0 })
    expect(move({ asked: 3 })).to.eql({ move: 'recover' })
    expect(move({ self: 2, live: [1, 2], asked: 3 })).to.eql({ move: 'recover' })
  })

  it('L8: what waits for a slow flush is left to who answers soonest, unless the flush is done before', () => {
    const helpers = [
      { rank: 1, answersInMs: 80 },
      { rank: 2, answersInMs: 2 },
    ]
    expect(helperOf(helpers, 200)).to.equal(2)
    expect(helperOf(helpers.slice(0, 1), 200), 'three round trips take longer').to.equal(undefined)
    expect(helperOf([], 200)).to.equal(undefined)
  })
})
