import { expect } from 'chai'
import {
  accept,
  acceptOk,
  cmd,
  preAccept,
  preAcceptOk,
  recover,
  restore,
  resume,
  startRecovery,
  tryRecover,
} from '../support/events.ts'
import { play } from '../support/play.ts'

const preAccepted = { phase: 'preAccepted', cmd, initCmd: cmd, dep: [0, 0, 2], initDep: [0, 0, 2] } as const
const accepted = { ...preAccepted, phase: 'accepted' } as const

describe('restore', () => {
  it('stands where the record says, and writes and says nothing', () => {
    for (const [record, state] of [
      [{ bal: 5 }, 'initial following'],
      [preAccepted, 'preAccepted following'],
      [{ ...accepted, bal: 8, abal: 5 }, 'accepted following'],
      [{ ...preAccepted, phase: 'committed' }, 'committed'],
    ] as const) {
      const played = play(3, 1, restore(record))
      expect(played.state).to.equal(state)
      expect(played.effects).to.eql([])
      expect(played.record).to.deep.include(record)
    }
  })

  it('4.2: keeps its promises over a restart (B30)', () => {
    const promised = restore({ bal: 5 })
    expect(play(3, 1, promised, preAccept()).last).to.eql(['reply nack to 0'])
    expect(play(3, 1, promised, recover(1, 4)).last).to.eql(['reply nack to 1'])
    expect(play(3, 1, promised, startRecovery).record.bal).to.equal(7)
  })

  it('4.1: an own ballot of an earlier life is never used again (B30)', () => {
    expect(play(3, 1, restore({ bal: 4 }), startRecovery).said('recover').bal).to.equal(7)
  })

  it('7: answers repeats from what was restored', () => {
    expect(play(3, 1, restore(preAccepted), preAccept({ conflicting: [0, 9, 9] })).said('preAcceptOk').dep).to.eql([
      0, 0, 2,
    ])
    expect(play(3, 1, restore({ ...accepted, bal: 5, abal: 5 }), accept(2, 5)).last).to.eql(['reply acceptOk to 2'])
    expect(play(3, 1, restore({ ...preAccepted, phase: 'committed' }), tryRecover(2)).last).to.eql([
      'reply commit to 2',
    ])
  })
})

describe('resume', () => {
  it('6: the coordinator sends a durable preAccepted record again, and counts anew', () => {
    const resumed = [restore(preAccepted), resume]
    const played = play(3, 0, ...resumed)
    expect(played.state).to.equal('preAccepted preAccepting')
    expect(played.last).to.eql(['reply preAcceptOk to 0', 'broadcast preAccept'])
    expect(played.said('preAccept')).to.deep.include({ cmd, dep: [0, 0, 2] })
    const committed = play(3, 0, ...resumed, preAcceptOk(0, [0, 0, 2]), preAcceptOk(2, [0, 0, 2]))
    expect(committed.state).to.equal('committed')
    expect(committed.context.path).to.equal('fast')
  })

  it('6: the coordinator sends a durable accepted(0) again, unchanged', () => {
    const resumed = [restore({ ...accepted, dep: [0, 3, 3] }), resume]
    const played = play(3, 0, ...resumed)
    expect(played.state).to.equal('accepted accepting')
    expect(played.last).to.eql(['reply acceptOk to 0', 'broadcast accept'])
    expect(played.said('accept')).to.deep.include({ bal: 0, cmd, dep: [0, 3, 3] })
    expect(play(3, 0, ...resumed, acceptOk(0), acceptOk(1)).record).to.deep.include({
      phase: 'committed',
      dep: [0, 3, 3],
    })
  })

  it('6: resumes no attempt above ballot 0, and none that is outbid', () => {
    for (const record of [
      { ...accepted, bal: 3, abal: 3 },
      { ...accepted, bal: 5 },
      { ...preAccepted, bal: 5 },
      { bal: 3 },
    ]) {
      const played = play(3, 0, restore(record), resume)
      expect(played.state).to.match(/ following$/)
      expect(played.effects).to.eql([])
    }
  })

  it('6: resumes nothing of another coordinator', () => {
    for (const record of [preAccepted, accepted])
      expect(play(3, 1, restore(record), resume).state).to.match(/ following$/)
  })

  it('6: a gap has nothing to resume', () => {
    expect(play(3, 0, resume).state).to.equal('initial following')
  })
})
