import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import {
  accept,
  cmd,
  memberCommitted,
  memberWaiting,
  other,
  preAccepted,
  recover,
  recoverOk,
  resend,
  type Step,
  stable,
  startRecovery,
  tryRecover,
  validateOk,
} from '../../support/events.ts'
import { play } from '../../support/play.ts'

/** Five replicas; rank 1 recovers at ballot 6 over Q = {1, 2, 3} and waits for 3.1 and 4.1; n - f - e = 1. */
const wait: readonly Step[] = [
  startRecovery,
  recoverOk(1, 6),
  recoverOk(2, 6, preAccepted),
  recoverOk(3, 6, preAccepted),
  validateOk(1, 6, other(3)),
  validateOk(2, 6, other(4)),
  validateOk(3, 6),
]
const waited = (...history: readonly Step[]) => play(5, 1, ...wait, ...history)
/** The dependencies of a member that has the id in them. */
const behind = [1, 0, 0, 0, 0]

describe('drive/waiting', () => {
  it('4.5.3: waits while nothing is known of its members', () => {
    expect(waited().state).to.equal('initial waiting')
  })

  it('4.5.3: a member commits as not Nop without id in its dep: Nop', () => {
    const played = waited(memberCommitted(other(4), cmd, [0, 9, 9, 9, 9]))
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 1', 'broadcast accept'])
    expect(played.said('accept')).to.include({ bal: 6, cmd: NOP })
    expect(played.context.rule).to.equal('4.5.3 invalidated')
  })

  it('4.5.3: all members commit, each Nop or with id in its dep: the value', () => {
    const first = memberCommitted(other(3), NOP)
    expect(waited(first).state).to.equal('initial waiting')
    const played = waited(first, memberCommitted(other(4), cmd, behind))
    expect(played.said('accept')).to.deep.include({ bal: 6, cmd, dep: [0, 0, 0, 0, 0] })
    expect(played.context.rule).to.equal('4.5.3 settled')
  })

  it('4.5.3: the verdict is taken once and remembered', () => {
    const played = waited(memberCommitted(other(3), cmd, behind), memberCommitted(other(3), cmd))
    expect(played.state).to.equal('initial waiting')
    expect(played.context.attempt?.members[0]?.verdict).to.equal('settled')
    expect(waited(memberCommitted(other(3), NOP), memberCommitted(other(3), NOP)).state).to.equal('initial waiting')
  })

  it('4.5.3: others than its members say nothing', () => {
    expect(waited(memberCommitted(other(2)), memberCommitted(other(3, 2)), memberWaiting(other(2), 3)).state).to.equal(
      'initial waiting',
    )
  })

  it('4.5.3: a member waits with k above n - f - e, strictly: Nop (B9)', () => {
    expect(waited(memberWaiting(other(3), 1)).state).to.equal('initial waiting')
    const played = waited(memberWaiting(other(3), 2))
    expect(played.said('accept').cmd).to.equal(NOP)
    expect(played.context.rule).to.equal('4.5.3 waiting')
  })

  it('4.5.3: the highest k ever received counts', () => {
    const played = waited(memberWaiting(other(3), 1), memberWaiting(other(3), 0))
    expect(played.context.attempt?.members[0]?.waitingK).to.equal(1)
  })

  it('4.5.3: the threshold at n = 7 is 2', () => {
    const b = 8
    const history = [
      startRecovery,
      recoverOk(1, b),
      ...[2, 3, 4].map(rank => recoverOk(rank, b, preAccepted)),
      ...[1, 2, 3].map(rank => validateOk(rank, b)),
      validateOk(4, b, other(5)),
    ]
    expect(play(7, 1, ...history, memberWaiting(other(5), 2)).state).to.equal('initial waiting')
    expect(play(7, 1, ...history, memberWaiting(other(5), 3)).said('accept').cmd).to.equal(NOP)
  })

  it('4.5.3: a late recoverOk from outside Q, committed: commits it', () => {
    const played = waited(recoverOk(4, 6, { phase: 'committed', dep: [0, 0, 0, 0, 3] }))
    expect(played.state).to.equal('committed')
    expect(played.last).to.eql(['writeRecord', 'announceCommit found'])
    expect(played.record.dep).to.eql([0, 0, 0, 0, 3])
    expect(played.context.rule).to.equal('4.5.3 late commit')
  })

  it('4.5.3: accepted: accepts its value', () => {
    const played = waited(recoverOk(4, 6, { phase: 'accepted', abal: 0, dep: [0, 0, 0, 0, 3] }))
    expect(played.said('accept')).to.deep.include({ bal: 6, cmd, dep: [0, 0, 0, 0, 3] })
    expect(played.context.rule).to.equal('4.5.3 late accept')
  })

  it('4.5.3: from the initial coordinator: Nop, unless it has committed or accepted', () => {
    const played = waited(recoverOk(0, 6, preAccepted))
    expect(played.said('accept').cmd).to.equal(NOP)
    expect(played.context.rule).to.equal('4.5.3 late coordinator')
    expect(waited(recoverOk(0, 6, { phase: 'accepted', dep: [0, 0, 2, 0, 0] })).said('accept').cmd).to.equal(cmd)
    expect(waited(recoverOk(0, 6, { phase: 'committed' })).state).to.equal('committed')
  })

  it('4.5.3: both outside Q have answered before the wait: committed, accepted, coordinator, in this order', () => {
    const early = wait.slice(0, 4)
    const rest = wait.slice(4)
    const order = (...late: readonly Step[]) => play(5, 1, ...early, ...late, ...rest)
    const coordinator = recoverOk(0, 6, preAccepted)
    expect(order(coordinator, recoverOk(4, 6, { phase: 'committed' })).state).to.equal('committed')
    expect(order(coordinator, recoverOk(4, 6, { phase: 'accepted' })).said('accept').cmd).to.equal(cmd)
    expect(order(coordinator, recoverOk(4, 6)).said('accept').cmd).to.equal(NOP)
  })

  it('4.5.3: any other late reply leaves it waiting', () => {
    expect(waited(recoverOk(4, 6, preAccepted)).state).to.equal('initial waiting')
    expect(waited(recoverOk(4, 6)).state).to.equal('initial waiting')
  })

  it('7: a late reply of another ballot is dropped, and a first one stands unless it commits', () => {
    expect(waited(recoverOk(4, 11, { phase: 'committed' })).state).to.equal('initial waiting')
    expect(waited(recoverOk(4, 6), recoverOk(4, 6, { phase: 'accepted' })).state).to.equal('initial waiting')
    expect(waited(recoverOk(4, 6), recoverOk(4, 6, { phase: 'committed' })).state).to.equal('committed')
  })

  it('4.6: resends recover to the silent, outside Q too, and waiting to all, itself included', () => {
    const played = waited(resend)
    expect(played.last).to.eql(['send recover to 0, 4', 'send waiting to 0, 2, 3, 4, 1'])
    expect(waited(recoverOk(4, 6), resend).last).to.eql(['send recover to 0', 'send waiting to 0, 2, 3, 4, 1'])
    expect(waited(tryRecover(4)).last).to.eql(['send waiting to 0, 2, 3, 4, 1'])
  })

  it('4.6: a higher ballot ends it, an own one starts anew (L2)', () => {
    expect(waited(recover(2, 7)).state).to.equal('initial following')
    expect(waited(accept(2, 7)).state).to.equal('accepted following')
    const again = waited(memberCommitted(other(3), NOP), startRecovery)
    expect(again.state).to.equal('initial recovering')
    expect(again.said('recover').bal).to.equal(11)
    expect(again.context.attempt).to.deep.include({ members: [], candidate: undefined })
  })

  it('8: ends when it is stable elsewhere', () => {
    expect(waited(stable(3)).state).to.equal('initial following')
  })

  it('all of Q have answered: a late validateOk changes nothing', () => {
    expect(waited(validateOk(3, 6, other(2))).context.attempt?.members).to.have.length(2)
  })
})
