import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import { accept, anotherCmd, cmd, preAccept, recover, validate } from '../../support/events.ts'
import { play } from '../../support/play.ts'

describe('vote/preAccepted', () => {
  const voted = preAccept({ dep: [0, 1, 0], conflicting: [0, 1, 2] })

  it('7: answers a repeat with the stored dep, whatever conflicts now', () => {
    const played = play(3, 1, voted, preAccept({ dep: [0, 1, 0], conflicting: [0, 5, 5] }))
    expect(played.last).to.eql(['reply preAcceptOk to 0'])
    expect(played.said('preAcceptOk').dep).to.eql([0, 1, 2])
  })

  it('7: nacks a repeat once a higher ballot is promised', () => {
    const played = play(3, 1, voted, recover(2, 5), preAccept({ dep: [0, 1, 0] }))
    expect(played.last).to.eql(['reply nack to 0'])
    expect(played.said('nack').bal).to.equal(5)
  })

  it('4.2: shows its vote, both dependency sets, after its promise', () => {
    const played = play(3, 1, voted, recover(2, 5))
    expect(played.last).to.eql(['writeRecord', 'reply recoverOk to 2'])
    expect(played.said('recoverOk')).to.deep.include({
      bal: 5,
      abal: 0,
      phase: 'preAccepted',
      cmd,
      dep: [0, 1, 2],
      initDep: [0, 1, 0],
    })
  })

  it('7: answers a repeated recover again, without a write', () => {
    expect(play(3, 1, voted, recover(2, 5), recover(2, 5)).last).to.eql(['reply recoverOk to 2'])
  })

  it('4.2: nacks a recover below its promise', () => {
    const played = play(3, 1, voted, recover(2, 8), recover(1, 4))
    expect(played.last).to.eql(['reply nack to 1'])
    expect(played.record.bal).to.equal(8)
  })

  it('3.4: accepts at its ballot or above; initCmd and initDep stay', () => {
    for (const bal of [5, 8]) {
      const played = play(3, 1, voted, recover(2, 5), accept(2, bal, anotherCmd, [0, 7, 7]))
      expect(played.state).to.equal('accepted following')
      expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 2'])
      expect(played.record).to.eql({
        phase: 'accepted',
        bal,
        abal: bal,
        cmd: anotherCmd,
        initCmd: cmd,
        dep: [0, 7, 7],
        initDep: [0, 1, 0],
      })
      expect(played.said('acceptOk').bal).to.equal(bal)
    }
  })

  it('3.4: nacks an accept below its promise', () => {
    const played = play(3, 1, voted, recover(2, 5), accept(0, 0))
    expect(played.state).to.equal('preAccepted following')
    expect(played.last).to.eql(['reply nack to 0'])
    expect(played.said('nack').bal).to.equal(5)
  })

  it('2: an accepted Nop has no dependencies, and leaves the payload', () => {
    const { record } = play(3, 1, voted, accept(2, 5, NOP, [1, 1, 1]))
    expect(record).to.deep.include({ phase: 'accepted', cmd: NOP, initCmd: cmd, dep: [0, 0, 0], initDep: [0, 1, 0] })
  })

  it('4.4: validates at the ballot promised: initDep is replaced, dep and phase stay', () => {
    const played = play(3, 1, voted, recover(2, 5), validate(2, 5, { dep: [0, 0, 0] }))
    expect(played.state).to.equal('preAccepted following')
    expect(played.last).to.eql(['writeRecord', 'reply validateOk to 2'])
    expect(played.record).to.deep.include({ phase: 'preAccepted', dep: [0, 1, 2], initDep: [0, 0, 0], abal: 0 })
  })

  it('4.4: drops a validate above its promise, nacks one below', () => {
    expect(play(3, 1, voted, validate(2, 5)).last).to.eql([])
    expect(play(3, 1, voted, recover(2, 8), validate(1, 4)).last).to.eql(['reply nack to 1'])
  })
})
