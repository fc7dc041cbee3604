import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import { quorumsOf } from '../../../../../machines/protocol/quorums.ts'
import {
  accept,
  acceptedNop,
  acceptOk,
  ballot,
  cmd,
  giveUpFastPath,
  nack,
  preAccepted,
  preAcceptOk,
  recover,
  recoverOk,
  resend,
  type Step,
  stable,
  startRecovery,
  submit,
  tryRecover,
  validateOk,
} from '../../support/events.ts'
import { play } from '../../support/play.ts'

const deviating = [0, 0, 1, 0, 0]
/** Five replicas, the coordinator on the slow path at ballot 0. */
const slow: readonly Step[] = [
  submit(),
  preAcceptOk(0),
  preAcceptOk(1, deviating),
  preAcceptOk(2, deviating),
  giveUpFastPath,
]
/** Five replicas, rank 1 has recovered Nop at ballot 6. */
const recovered: readonly Step[] = [startRecovery, recoverOk(1, 6), recoverOk(2, 6), recoverOk(3, 6)]

describe('drive/accepting', () => {
  it('3.5: commits with n - f acceptOk of distinct senders, its own among them once it is durable', () => {
    expect(play(5, 0, ...slow, acceptOk(1), acceptOk(2)).state).to.equal('accepted accepting')
    const played = play(5, 0, ...slow, acceptOk(1), acceptOk(2), acceptOk(0))
    expect(played.state).to.equal('committed')
    expect(played.last).to.eql(['writeRecord', 'announceCommit slow'])
    expect(played.record).to.deep.include({ phase: 'committed', cmd, dep: deviating, abal: 0 })
  })

  it('3.5: a duplicate counts once (B6)', () => {
    expect(play(5, 0, ...slow, acceptOk(1), acceptOk(1), acceptOk(1), acceptOk(1)).state).to.equal('accepted accepting')
  })

  it('3.5: exactly n - f, for n = 1 to 9', () => {
    for (let n = 2; n <= 9; n++) {
      const { slow: quorum } = quorumsOf(n)
      const b = ballot(n, 1)
      const replies = Array.from({ length: quorum }, (_, rank) => recoverOk(rank, b))
      const votes = Array.from({ length: quorum }, (_, rank) => acceptOk(rank, b))
      const history = [startRecovery, ...replies]
      expect(play(n, 1, ...history, ...votes.slice(1)).state, `n = ${n}`).to.equal('accepted accepting')
      expect(play(n, 1, ...history, ...votes).record, `n = ${n}`).to.include({ phase: 'committed', cmd: NOP })
    }
  })

  it('7: replies of another ballot are dropped', () => {
    const stale = [acceptOk(0), acceptOk(2), acceptOk(3, 11), acceptOk(4, 1)]
    expect(play(5, 1, ...recovered, ...stale).state).to.equal('accepted accepting')
    expect(play(5, 1, ...recovered, ...stale, acceptOk(1, 6), acceptOk(0, 6), acceptOk(4, 6)).state).to.equal(
      'committed',
    )
  })

  it('4.3, B22: proposes by its own vote first: written, then the others are asked', () => {
    const played = play(5, 1, ...recovered)
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 1', 'broadcast accept'])
    expect(played.record).to.include({ phase: 'accepted', bal: 6, abal: 6, cmd: NOP })
    expect(played.said('accept')).to.deep.include({ bal: 6, cmd: NOP, dep: [0, 0, 0, 0, 0] })
  })

  it("4.3.2, B19: broadcasts the reply's value, not its own", () => {
    const voted = recoverOk(2, 6, { phase: 'accepted', abal: 0, dep: deviating })
    const played = play(5, 1, startRecovery, recoverOk(1, 6), voted, recoverOk(3, 6))
    expect(played.said('accept')).to.deep.include({ cmd, dep: deviating })
    expect(played.record).to.deep.include({ cmd, dep: deviating })
  })

  it('7: retransmits to those who have not accepted; asked by others, too', () => {
    for (const again of [resend, tryRecover(4)]) {
      const played = play(5, 1, ...recovered, acceptOk(2, 6), again)
      expect(played.last).to.eql(['send accept to 0, 3, 4'])
      expect(played.said('accept').bal).to.equal(6)
    }
  })

  it('4.6: a higher ballot ends it, by a recover as by an accept', () => {
    const byRecover = play(5, 1, ...recovered, acceptOk(1, 6), acceptOk(2, 6), recover(2, 7), acceptOk(3, 6))
    expect(byRecover.state).to.equal('accepted following')
    const byAccept = play(5, 1, ...recovered, accept(2, 7, cmd, deviating), acceptOk(3, 6))
    expect(byAccept.state).to.equal('accepted following')
    expect(byAccept.record).to.deep.include({ bal: 7, abal: 7, cmd, dep: deviating })
  })

  it('4.6: a lower ballot does not, and is nacked', () => {
    const history = [recover(3, 8), startRecovery, ...[1, 2, 3].map(rank => recoverOk(rank, 11))]
    for (const late of [recover(3, 8), accept(3, 8)]) {
      const played = play(5, 1, ...history, late)
      expect(played.state).to.equal('accepted accepting')
      expect(played.last).to.eql(['reply nack to 3'])
    }
  })

  it('7: a nack is noted, and the accept goes on (L3)', () => {
    const played = play(5, 1, ...recovered, nack(4, 9), acceptOk(1, 6), acceptOk(2, 6), acceptOk(3, 6))
    expect(played.state).to.equal('committed')
    expect(play(5, 1, ...recovered, nack(4, 9), startRecovery).said('recover').bal).to.equal(11)
  })

  it('4.6, L2: starts again at a higher ballot, with nothing of the old one', () => {
    const again = play(5, 1, ...recovered, acceptOk(1, 6), acceptOk(2, 6), startRecovery)
    expect(again.state).to.equal('accepted recovering')
    expect(again.last).to.eql(['writeRecord', 'reply recoverOk to 1', 'broadcast recover'])
    expect(again.record).to.include({ bal: 11, abal: 6, cmd: NOP })
    expect(again.context.attempt).to.include({ ballot: 11, acceptOks: 0, candidate: undefined })
    expect(again.context.attempt?.recoverOks).to.eql([])
  })

  it('8: ends when it is stable elsewhere', () => {
    expect(play(5, 1, ...recovered, stable(3)).state).to.equal('accepted following')
  })

  it('the choice has been made: other replies change nothing', () => {
    const late = [
      preAcceptOk(4),
      recoverOk(4, 6, { phase: 'committed' }),
      recoverOk(4, 6, acceptedNop(0)),
      validateOk(2, 6),
      giveUpFastPath,
    ]
    for (const event of late) {
      const played = play(5, 1, ...recovered, event)
      expect(played.state).to.equal('accepted accepting')
      expect(played.last).to.eql([])
      expect(played.record.cmd).to.equal(NOP)
    }
  })

  it('4.3.4 leads here, too: the value validated, at its ballot', () => {
    const validated = [startRecovery, recoverOk(1, 4, preAccepted), recoverOk(2, 4), validateOk(1, 4), validateOk(2, 4)]
    const played = play(3, 1, ...validated)
    expect(played.said('accept')).to.deep.include({ bal: 4, cmd, dep: [0, 0, 0] })
  })
})
