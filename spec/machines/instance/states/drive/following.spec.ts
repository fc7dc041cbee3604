import { expect } from 'chai'
import {
  accept,
  acceptOk,
  cmd,
  giveUpFastPath,
  memberCommitted,
  memberWaiting,
  nack,
  other,
  preAccept,
  preAcceptOk,
  recover,
  recoverOk,
  resend,
  stable,
  startRecovery,
  submit,
  tryRecover,
  validateOk,
} from '../../support/events.ts'
import { play } from '../../support/play.ts'

describe('drive/following', () => {
  it('3.1: the own preAccept is the submit: the vote is written first, then all others are asked', () => {
    const played = play(3, 0, submit([0, 1, 2]))
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(played.effects).to.eql(['writeRecord', 'reply preAcceptOk to 0', 'broadcast preAccept'])
    expect(played.said('preAccept')).to.deep.include({ cmd, dep: [0, 1, 2] })
    expect(played.record).to.deep.include({ dep: [0, 1, 2], initDep: [0, 1, 2] })
  })

  it("another's preAccept is only voted for", () => {
    expect(play(3, 1, preAccept()).state).to.equal('preAccepted following')
  })

  it('4.1: leads a recovery at its next own ballot: the promise is written first, then all others are asked', () => {
    const played = play(3, 1, startRecovery)
    expect(played.state).to.equal('initial recovering')
    expect(played.effects).to.eql(['writeRecord', 'reply recoverOk to 1', 'broadcast recover'])
    expect(played.said('recover').bal).to.equal(4)
    expect(played.record).to.include({ bal: 4, phase: 'initial' })
  })

  it('4.1: the ballot lies above every one that is known, promised or told of by a nack (B7)', () => {
    expect(play(3, 1, recover(2, 8), startRecovery).said('recover').bal).to.equal(10)
    expect(play(3, 1, nack(2, 8), startRecovery).said('recover').bal).to.equal(10)
    expect(play(3, 1, nack(2, 14), nack(2, 8), recover(2, 5), startRecovery).said('recover').bal).to.equal(16)
    // 5 + 3 = 8 would be another's.
    expect(play(3, 1, recover(2, 5), startRecovery).said('recover').bal).to.equal(7)
  })

  it('4: a tryRecover with no attempt running here begins a recovery', () => {
    const played = play(3, 1, preAccept(), tryRecover(2))
    expect(played.state).to.equal('preAccepted recovering')
    expect(played.last).to.eql(['writeRecord', 'reply recoverOk to 1', 'broadcast recover'])
  })

  it('4: the initial coordinator, too, when it has no record or its attempt has ended (L1)', () => {
    expect(play(3, 0, tryRecover(2)).state).to.equal('initial recovering')
    expect(play(3, 0, submit(), recover(1, 4), tryRecover(2)).state).to.equal('preAccepted recovering')
  })

  it('7: a nack starts nothing by itself (L3)', () => {
    const played = play(3, 1, nack(2, 8))
    expect(played.state).to.equal('initial following')
    expect(played.effects).to.eql([])
    expect(played.context.nackedBy).to.equal(8)
  })

  it('drops late replies and commands of an attempt that has ended', () => {
    const late = [
      preAcceptOk(2),
      acceptOk(2),
      acceptOk(2, 4),
      recoverOk(2, 4),
      validateOk(2, 4),
      stable(2),
      resend,
      giveUpFastPath,
      memberCommitted(other(2)),
      memberWaiting(other(2), 3),
    ]
    for (const event of late) {
      const played = play(3, 1, accept(0, 0), event)
      expect(played.state).to.equal('accepted following')
      expect(played.last).to.eql([])
    }
  })
})
