import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import {
  accept,
  acceptedNop,
  acceptOk,
  anotherCmd,
  cmd,
  giveUpFastPath,
  nack,
  preAccept,
  preAccepted,
  preAcceptOk,
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

/** Five replicas; rank 1 recovers, its first ballot is 6. */
const led = (...replies: readonly Step[]) => play(5, 1, startRecovery, ...replies)
const dep = [0, 0, 2, 0, 0]

describe('drive/recovering', () => {
  it('4.3: waits for n - f replies of distinct senders (B6); its own counts once it is durable', () => {
    expect(led(recoverOk(2, 6), recoverOk(3, 6)).state).to.equal('initial recovering')
    expect(led(recoverOk(2, 6), recoverOk(3, 6), recoverOk(3, 6), recoverOk(2, 6)).state).to.equal('initial recovering')
    expect(led(recoverOk(2, 6), recoverOk(3, 6), recoverOk(1, 6)).state).to.equal('accepted accepting')
  })

  it('7: replies of another ballot are dropped', () => {
    expect(led(recoverOk(1, 6), recoverOk(2, 1), recoverOk(3, 11), recoverOk(4, 0)).state).to.equal(
      'initial recovering',
    )
  })

  it('7: the first reply of a sender stands; only committed may replace it', () => {
    const first = recoverOk(2, 6)
    const again = recoverOk(2, 6, { phase: 'accepted', abal: 3, dep })
    const played = led(first, again, recoverOk(1, 6), recoverOk(3, 6))
    expect(played.record).to.include({ phase: 'accepted', cmd: NOP })
    const committed = recoverOk(2, 6, { phase: 'committed', dep })
    expect(led(first, committed, recoverOk(1, 6), recoverOk(3, 6)).record).to.deep.include({ phase: 'committed', dep })
  })

  it('4.3.1: someone in Q is committed: that is the value, whoever has a higher abal', () => {
    const played = led(
      recoverOk(1, 6),
      recoverOk(2, 6, { phase: 'committed', dep }),
      recoverOk(3, 6, { phase: 'accepted', abal: 5, cmd: NOP }),
    )
    expect(played.state).to.equal('committed')
    expect(played.last).to.eql(['writeRecord', 'announceCommit found'])
    expect(played.record).to.deep.include({ cmd, dep })
    expect(played.context.rule).to.equal('4.3.1')
  })

  it('4.3.2: the accepted value of the highest abal (B1)', () => {
    const played = led(
      recoverOk(1, 6),
      recoverOk(2, 6, { phase: 'accepted', abal: 0, dep }),
      recoverOk(3, 6, acceptedNop(5)),
    )
    expect(played.said('accept')).to.include({ bal: 6, cmd: NOP })
    expect(played.context.rule).to.equal('4.3.2')
    const another = led(
      recoverOk(1, 6, acceptedNop(0)),
      recoverOk(2, 6, { phase: 'accepted', abal: 5, cmd: anotherCmd, dep }),
      recoverOk(0, 6),
    )
    expect(another.said('accept')).to.deep.include({ cmd: anotherCmd, dep })
  })

  it('4.3.3: the initial coordinator is in Q: Nop, though all of Q agree (B10)', () => {
    const played = led(recoverOk(0, 6, preAccepted), recoverOk(1, 6, preAccepted), recoverOk(2, 6, preAccepted))
    expect(played.said('accept')).to.include({ cmd: NOP })
    expect(played.context.rule).to.equal('4.3.3')
  })

  it('4.3.4: enough of Q have pre-accepted with dep = initDep: validate with exactly Q', () => {
    const played = led(recoverOk(1, 6), recoverOk(3, 6), recoverOk(4, 6, { ...preAccepted, dep, initDep: dep }))
    expect(played.state).to.equal('initial validating')
    expect(played.last).to.eql(['send validate to 1, 3, 4'])
    expect(played.said('validate')).to.deep.include({ bal: 6, cmd, dep })
    expect(played.context.attempt?.candidate).to.deep.include({ quorum: [1, 3, 4], k: 1 })
    expect(played.context.rule).to.equal('4.3.4')
  })

  it('4.3.4: a vote with more in it than D0 is none for the fast path', () => {
    const grown = recoverOk(4, 6, { ...preAccepted, dep, initDep: [0, 0, 1, 0, 0] })
    const played = led(recoverOk(1, 6), recoverOk(3, 6), grown)
    expect(played.said('accept')).to.include({ cmd: NOP })
    expect(played.context.rule).to.equal('4.3.5')
  })

  it('4.3.4: |R| >= |Q| - e, n = 7: two of four do, one does not', () => {
    const b = 8
    const rest = [recoverOk(1, b), recoverOk(3, b)]
    const enough = play(7, 1, startRecovery, ...rest, recoverOk(4, b, preAccepted), recoverOk(5, b, preAccepted))
    expect(enough.state).to.equal('initial validating')
    const tooFew = play(7, 1, startRecovery, ...rest, recoverOk(4, b, preAccepted), recoverOk(5, b))
    expect(tooFew.said('accept').cmd).to.equal(NOP)
  })

  it('4.3.5: otherwise Nop', () => {
    expect(led(recoverOk(1, 6), recoverOk(2, 6), recoverOk(3, 6)).context.rule).to.equal('4.3.5')
  })

  it('B2: starts from what the replies say, its own vote only as one of them', () => {
    const own = [preAccept({ dep, conflicting: [0, 0, 9, 9, 9] }), startRecovery]
    const played = play(5, 1, ...own, recoverOk(2, 6), recoverOk(3, 6))
    expect(played.state).to.equal('preAccepted recovering')
    expect(play(5, 1, ...own, recoverOk(2, 6), recoverOk(3, 6), recoverOk(4, 6)).said('accept').cmd).to.equal(NOP)
  })

  it('4.6: asks again those who have not answered, outside Q too; asked by others, too', () => {
    for (const again of [resend, tryRecover(4)]) {
      const played = led(recoverOk(3, 6), again)
      expect(played.last).to.eql(['send recover to 0, 2, 4'])
      expect(played.said('recover').bal).to.equal(6)
    }
  })

  it('4.6: a higher ballot ends the attempt; a lower one does not', () => {
    expect(led(recover(2, 7)).state).to.equal('initial following')
    expect(led(accept(2, 7)).state).to.equal('accepted following')
    const held = play(5, 1, recover(2, 12), startRecovery, recover(3, 8), accept(2, 12))
    expect(held.state).to.equal('initial recovering')
    expect(held.last).to.eql(['reply nack to 2'])
  })

  it('4.6, L2: starts again at a higher ballot, with a Q chosen anew', () => {
    const played = led(recoverOk(3, 6), recoverOk(4, 6), startRecovery)
    expect(played.state).to.equal('initial recovering')
    expect(played.last).to.eql(['writeRecord', 'reply recoverOk to 1', 'broadcast recover'])
    expect(played.said('recover').bal).to.equal(11)
    expect(played.context.attempt?.recoverOks).to.eql([])
  })

  it('7: a nack is noted and ends nothing by itself (L3)', () => {
    const played = led(nack(4, 14))
    expect(played.state).to.equal('initial recovering')
    expect(played.last).to.eql([])
    expect(led(nack(4, 14), startRecovery).said('recover').bal).to.equal(16)
  })

  it('8: ends when it is stable elsewhere', () => {
    expect(led(stable(3)).state).to.equal('initial following')
  })

  it('votes on beside it: a preAccept at ballot 0 comes too late', () => {
    const played = led(preAccept())
    expect(played.last).to.eql(['reply nack to 0'])
  })

  it('has no use for replies of other rounds', () => {
    for (const event of [preAcceptOk(2), acceptOk(2, 6), validateOk(2, 6), giveUpFastPath]) {
      const played = led(event)
      expect(played.state).to.equal('initial recovering')
      expect(played.last).to.eql([])
    }
  })
})
