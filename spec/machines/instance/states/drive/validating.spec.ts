import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import {
  accept,
  cmd,
  memberCommitted,
  other,
  preAccepted,
  recover,
  recoverOk,
  resend,
  type Step,
  stable,
  startRecovery,
  tryRecover,
  validate,
  validateOk,
} from '../../support/events.ts'
import { play } from '../../support/play.ts'

/** Five replicas; rank 1 recovers over Q = {1, 2, 3}; 2 and 3 agree: |R| = 2 = |Q| - e + 1. */
const loose: readonly Step[] = [
  startRecovery,
  recoverOk(1, 6),
  recoverOk(2, 6, preAccepted),
  recoverOk(3, 6, preAccepted),
]
/** The same with |R| = 1 = |Q| - e. */
const tight: readonly Step[] = [startRecovery, recoverOk(1, 6), recoverOk(2, 6), recoverOk(3, 6, preAccepted)]

describe('drive/validating', () => {
  it('4.4: validates itself as one of Q, by the same rule', () => {
    const played = play(5, 1, ...loose, validate(1, 6))
    expect(played.state).to.equal('initial validating')
    expect(played.last).to.eql(['writeRecord', 'reply validateOk to 1'])
    expect(played.record).to.include({ phase: 'initial', initCmd: cmd })
  })

  it('4.5: waits for all of Q, and counts nobody else and nobody twice', () => {
    expect(play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6)).state).to.equal('initial validating')
    expect(play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6), validateOk(2, 6)).state).to.equal(
      'initial validating',
    )
    expect(play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6), validateOk(4, 6), validateOk(0, 6)).state).to.equal(
      'initial validating',
    )
  })

  it('4.5: keeps nothing that comes from outside Q', () => {
    const { context } = play(5, 1, ...loose, validateOk(4, 6, other(2)), validateOk(2, 6))
    expect(context.attempt?.validateOks.filter(answer => answer !== undefined)).to.have.length(1)
  })

  it('7: replies of another ballot are dropped', () => {
    expect(play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6), validateOk(3, 11)).state).to.equal(
      'initial validating',
    )
  })

  it('4.5.1: nothing contradicts: the value', () => {
    const played = play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6), validateOk(3, 6))
    expect(played.state).to.equal('accepted accepting')
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 1', 'broadcast accept'])
    expect(played.said('accept')).to.deep.include({ bal: 6, cmd, dep: [0, 0, 0, 0, 0] })
    expect(played.context.rule).to.equal('4.5.1')
  })

  it('7: the first answer of a sender stands', () => {
    const played = play(
      5,
      1,
      ...loose,
      validateOk(2, 6, other(2)),
      validateOk(2, 6),
      validateOk(1, 6),
      validateOk(3, 6),
    )
    expect(played.state).to.equal('initial waiting')
  })

  it('4.5.2: a committed member of I: Nop', () => {
    const committed = validateOk(3, 6, { id: other(2), committed: true })
    const played = play(5, 1, ...loose, validateOk(1, 6), validateOk(2, 6, other(2)), committed)
    expect(played.said('accept').cmd).to.equal(NOP)
    expect(played.context.rule).to.equal('4.5.2')
  })

  it('4.5.2: |R| = |Q| - e, and the coordinator of a member is not in Q: Nop (B9)', () => {
    const played = play(5, 1, ...tight, validateOk(1, 6), validateOk(2, 6, other(4)), validateOk(3, 6))
    expect(played.said('accept').cmd).to.equal(NOP)
    expect(played.context.rule).to.equal('4.5.2')
  })

  it('4.5.3: else it waits, and tells everyone, itself included, how tight it is', () => {
    const tightInside = play(5, 1, ...tight, validateOk(1, 6), validateOk(2, 6, other(3)), validateOk(3, 6))
    expect(tightInside.state).to.equal('initial waiting')
    expect(tightInside.last).to.eql(['send waiting to 0, 2, 3, 4, 1', 'awaitMembers 3.1'])
    expect(tightInside.said('waiting').k).to.equal(1)
    const looseOutside = play(
      5,
      1,
      ...loose,
      validateOk(1, 6),
      validateOk(2, 6, other(4)),
      validateOk(3, 6, other(4, 2)),
    )
    expect(looseOutside.state).to.equal('initial waiting')
    expect(looseOutside.last).to.eql(['send waiting to 0, 2, 3, 4, 1', 'awaitMembers 4.1, 4.2'])
    expect(looseOutside.said('waiting').k).to.equal(2)
    expect(looseOutside.context.rule).to.equal('4.5.3')
  })

  it('4.6: asks again: validate those of Q that are silent, recover all that are, outside Q too', () => {
    const played = play(5, 1, ...loose, validateOk(2, 6), resend)
    expect(played.last).to.eql(['send validate to 1, 3', 'send recover to 0, 4'])
    expect(play(5, 1, ...loose, validateOk(2, 6), tryRecover(4)).last).to.eql(['send validate to 1, 3'])
  })

  it('4.5.3: keeps replies from outside Q for the wait, and does not change Q', () => {
    const late = recoverOk(4, 6, { phase: 'accepted', abal: 0, dep: [0, 0, 0, 0, 8] })
    const played = play(5, 1, ...loose, late)
    expect(played.state).to.equal('initial validating')
    expect(played.last).to.eql([])
    const waited = play(5, 1, ...loose, late, validateOk(1, 6), validateOk(2, 6, other(3)), validateOk(3, 6))
    expect(waited.state).to.equal('accepted accepting')
    expect(waited.said('accept').dep).to.eql([0, 0, 0, 0, 8])
  })

  it('4.6: a higher ballot ends it, an own one starts anew (L2)', () => {
    expect(play(5, 1, ...loose, recover(2, 7)).state).to.equal('initial following')
    expect(play(5, 1, ...loose, accept(2, 7)).state).to.equal('accepted following')
    const again = play(5, 1, ...loose, validateOk(2, 6), startRecovery)
    expect(again.state).to.equal('initial recovering')
    expect(again.said('recover').bal).to.equal(11)
    expect(again.context.attempt).to.deep.include({ candidate: undefined, validateOks: [], recoverOks: [] })
  })

  it('8: ends when it is stable elsewhere', () => {
    expect(play(5, 1, ...loose, stable(3)).state).to.equal('initial following')
  })

  it('waits for no member yet', () => {
    expect(play(5, 1, ...loose, memberCommitted(other(3))).state).to.equal('initial validating')
  })
})
