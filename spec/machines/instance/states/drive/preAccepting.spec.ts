import { expect } from 'chai'
import { quorumsOf } from '../../../../../machines/protocol/quorums.ts'
import {
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
  resume,
  type Step,
  stable,
  startRecovery,
  submit,
  tryRecover,
  validateOk,
} from '../../support/events.ts'
import { play } from '../../support/play.ts'

const agreeing = (from: number, to: number): Step[] =>
  Array.from({ length: to - from + 1 }, (_, at) => preAcceptOk(from + at))

describe('drive/preAccepting', () => {
  it('3.3: commits on the fast path with exactly n - e equal replies, its own among them, for n = 1 to 9', () => {
    for (let n = 1; n <= 9; n++) {
      const { fast } = quorumsOf(n)
      const almost = play(n, 0, submit(), ...agreeing(0, fast - 2))
      expect(almost.state, `n = ${n}, one too few`).to.equal('preAccepted preAccepting')
      const played = play(n, 0, submit(), ...agreeing(0, fast - 1))
      expect(played.state, `n = ${n}`).to.equal('committed')
      expect(played.last).to.eql(['writeRecord', 'announceCommit fast'])
      expect(played.context).to.include({ path: 'fast', rule: '3.3 fast' })
    }
  })

  it('3.3: commits initDep', () => {
    const dep = [0, 4, 2]
    const { record } = play(3, 0, submit(dep), preAcceptOk(0, dep), preAcceptOk(2, dep))
    expect(record).to.eql({ phase: 'committed', bal: 0, abal: 0, cmd, initCmd: cmd, dep, initDep: dep })
  })

  it('3.3: sends D0 and commits D0, were its own vote to hold more', () => {
    const more = preAccept({ dep: [0, 4, 2], conflicting: [0, 5, 2] })
    expect(play(3, 0, more).said('preAccept').dep).to.eql([0, 4, 2])
    const { record } = play(3, 0, more, preAcceptOk(1, [0, 4, 2]), preAcceptOk(2, [0, 4, 2]))
    expect(record).to.deep.include({ phase: 'committed', dep: [0, 4, 2] })
  })

  it('3.3: its own vote counts only when its reply comes back', () => {
    expect(play(3, 0, submit(), preAcceptOk(1)).state).to.equal('preAccepted preAccepting')
  })

  it('3.3: one deviating reply does not forbid the fast path', () => {
    const played = play(5, 0, submit(), preAcceptOk(1, [0, 0, 0, 7, 0]), ...agreeing(2, 3), preAcceptOk(0))
    expect(played.record).to.deep.include({ phase: 'committed', dep: [0, 0, 0, 0, 0] })
    expect(played.context.path).to.equal('fast')
  })

  it('3.3: counts distinct senders, and the first reply of each (B6)', () => {
    expect(play(5, 0, submit(), preAcceptOk(1), preAcceptOk(1), preAcceptOk(1)).state).to.equal(
      'preAccepted preAccepting',
    )
    const deviating = preAcceptOk(1, [0, 0, 1])
    const played = play(3, 0, submit(), deviating, preAcceptOk(1), preAcceptOk(0))
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(played.context.attempt?.preAcceptOks[1]).to.eql([0, 0, 1])
  })

  it('3.3: waits a little while the fast path is still open', () => {
    const played = play(3, 0, submit(), preAcceptOk(0), preAcceptOk(1, [0, 0, 1]))
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(played.last).to.eql(['awaitFastPath'])
    expect(play(3, 0, submit(), preAcceptOk(0)).last).to.eql([])
  })

  it('3.3: goes the slow path with the union of the replies when more than e deviate', () => {
    const deviating = [preAcceptOk(1, [0, 1, 0]), preAcceptOk(2, [0, 0, 3])]
    const played = play(3, 0, submit(), preAcceptOk(0), ...deviating)
    expect(played.state).to.equal('accepted accepting')
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 0', 'broadcast accept'])
    expect(played.said('accept')).to.deep.include({ bal: 0, cmd, dep: [0, 1, 3] })
    expect(played.record).to.deep.include({ phase: 'accepted', dep: [0, 1, 3], initDep: [0, 0, 0] })
    expect(played.context.rule).to.equal('3.3 slow')
  })

  it('3.3: the union takes D0 and every reply in, not only a quorum of them', () => {
    const replies = [preAcceptOk(1, [0, 1, 0, 0, 0]), preAcceptOk(2, [0, 0, 2, 0, 0]), preAcceptOk(3, [0, 0, 0, 3, 0])]
    const played = play(5, 0, submit([0, 0, 0, 0, 9]), ...replies)
    expect(played.state).to.equal('accepted accepting')
    expect(played.said('accept').dep).to.eql([0, 1, 2, 3, 9])
  })

  it('3.3: does not wait for replicas believed down: without a reply they count as deviating', () => {
    const deviating = [0, 0, 1, 0, 0]
    const open = play(5, 0, submit(), preAcceptOk(0), preAcceptOk(1, deviating), preAcceptOk(2, deviating))
    expect(open.state).to.equal('preAccepted preAccepting')
    const closed = play(5, 0, submit(), preAcceptOk(0), preAcceptOk(1, deviating), preAcceptOk(2, deviating, [3]))
    expect(closed.state).to.equal('accepted accepting')
  })

  it('3.3: a replica believed down that has answered counts by its answer', () => {
    const played = play(3, 0, submit(), preAcceptOk(1, [0, 0, 1], [1]), preAcceptOk(0, undefined, [1]))
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(play(3, 0, submit(), preAcceptOk(1, [0, 0, 1], [1, 2]), preAcceptOk(0, undefined, [1, 2])).state).to.equal(
      'accepted accepting',
    )
  })

  it('3.3: goes the slow path when the wait is over, but never with fewer than n - f replies', () => {
    const few = [submit(), preAcceptOk(0), preAcceptOk(1, [0, 0, 1, 0, 0]), giveUpFastPath]
    expect(play(5, 0, ...few).state).to.equal('preAccepted preAccepting')
    expect(play(5, 0, ...few, preAcceptOk(2, [0, 0, 1, 0, 0])).state).to.equal('accepted accepting')
    expect(play(3, 0, submit(), preAcceptOk(0), preAcceptOk(1, [0, 0, 1]), giveUpFastPath).said('accept').dep).to.eql([
      0, 0, 1,
    ])
  })

  it('3.3: fast wins over giving up', () => {
    expect(play(3, 0, submit(), giveUpFastPath, preAcceptOk(0), preAcceptOk(1)).context.path).to.equal('fast')
  })

  it('7: retransmits to those who have not answered, the same preAccept; asked by others, too', () => {
    for (const again of [resend, tryRecover(3)]) {
      const played = play(5, 0, submit([0, 1, 0, 0, 0]), preAcceptOk(2, [0, 1, 0, 0, 0]), again)
      expect(played.state).to.equal('preAccepted preAccepting')
      expect(played.last).to.eql(['send preAccept to 1, 3, 4'])
      expect(played.said('preAccept').dep).to.eql([0, 1, 0, 0, 0])
    }
  })

  it('4.6: a higher ballot ends it; late replies are dropped', () => {
    const outbid = [submit(), preAcceptOk(0), recover(1, 4)]
    const played = play(3, 0, ...outbid)
    expect(played.state).to.equal('preAccepted following')
    expect(played.last).to.eql(['writeRecord', 'reply recoverOk to 1'])
    expect(play(3, 0, ...outbid, preAcceptOk(1), preAcceptOk(2)).state).to.equal('preAccepted following')
  })

  it('7: a nack is noted and ends nothing by itself (L3)', () => {
    const played = play(3, 0, submit(), nack(2, 5))
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(played.last).to.eql([])
    expect(play(3, 0, submit(), nack(2, 5), startRecovery).said('recover').bal).to.equal(6)
  })

  it('8: ends when it is stable elsewhere', () => {
    expect(play(3, 0, submit(), stable(1)).state).to.equal('preAccepted following')
  })

  it('has no use for replies of other rounds', () => {
    const others = [
      acceptOk(1),
      recoverOk(1, 3),
      validateOk(1, 3),
      resume,
      memberCommitted(other(2)),
      memberWaiting(other(2), 2),
    ]
    for (const event of others) {
      const played = play(3, 0, submit(), event)
      expect(played.state).to.equal('preAccepted preAccepting')
      expect(played.last).to.eql([])
    }
  })
})
