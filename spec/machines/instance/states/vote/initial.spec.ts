import { expect } from 'chai'
import { anotherCmd, ballot, cmd, preAccept, recover, tryRecover, validate } from '../../support/events.ts'
import { play } from '../../support/play.ts'

describe('vote/initial', () => {
  it('3.2: votes D0 united with what conflicts here, and keeps D0 beside it', () => {
    const played = play(3, 1, preAccept({ dep: [0, 2, 0], conflicting: [0, 1, 4] }))
    expect(played.state).to.equal('preAccepted following')
    expect(played.effects).to.eql(['writeRecord', 'reply preAcceptOk to 0'])
    expect(played.record).to.eql({
      phase: 'preAccepted',
      bal: 0,
      abal: 0,
      cmd,
      initCmd: cmd,
      dep: [0, 2, 4],
      initDep: [0, 2, 0],
    })
    expect(played.said('preAcceptOk').dep).to.eql([0, 2, 4])
  })

  it('2: never names the id itself in its own dependencies', () => {
    expect(play(3, 1, preAccept({ conflicting: [1, 0, 0] })).record.dep).to.eql([0, 0, 0])
    expect(play(3, 1, preAccept({ conflicting: [2, 0, 0] })).record.dep).to.eql([2, 0, 0])
  })

  it('3.2: casts no vote at ballot 0 once a higher ballot is promised, and says which', () => {
    const played = play(3, 1, recover(2, ballot(3, 2)), preAccept())
    expect(played.state).to.equal('initial following')
    expect(played.last).to.eql(['reply nack to 0'])
    expect(played.said('nack').bal).to.equal(5)
  })

  it('4.2: promises a ballot for an id never heard of, and answers with phase initial', () => {
    const played = play(3, 1, recover(2, 5))
    expect(played.state).to.equal('initial following')
    expect(played.effects).to.eql(['writeRecord', 'reply recoverOk to 2'])
    expect(played.record).to.include({ phase: 'initial', bal: 5, abal: 0 })
    expect(played.said('recoverOk')).to.include({ bal: 5, abal: 0, phase: 'initial', cmd: undefined })
  })

  it('4.4: takes over the candidate; phase, dep and abal stay', () => {
    const member = { id: { epoch: 1, rank: 2, index: 7 }, committed: false }
    const played = play(5, 1, recover(3, 8), validate(3, 8, { dep: [0, 3, 0, 0, 0], invalidating: [member] }))
    expect(played.state).to.equal('initial following')
    expect(played.last).to.eql(['writeRecord', 'reply validateOk to 3'])
    expect(played.record).to.eql({
      phase: 'initial',
      bal: 8,
      abal: 0,
      cmd,
      initCmd: cmd,
      dep: [0, 0, 0, 0, 0],
      initDep: [0, 3, 0, 0, 0],
    })
    expect(played.said('validateOk')).to.eql({
      type: 'validateOk',
      id: { epoch: 1, rank: 0, index: 1 },
      bal: 8,
      invalidating: [member],
    })
  })

  it('4.4: drops a validate of a ballot that it has not promised, nacks one below its promise', () => {
    expect(play(5, 1, recover(3, 8), validate(3, 13)).last).to.eql([])
    const outbid = play(5, 1, recover(3, 13), validate(2, 7))
    expect(outbid.last).to.eql(['reply nack to 2'])
    expect(outbid.record.initCmd).to.equal(undefined)
  })

  it('7: answers a repeated validate with I as it is now', () => {
    const later = [{ id: { epoch: 1, rank: 2, index: 7 }, committed: true }]
    const played = play(5, 1, recover(3, 8), validate(3, 8), validate(3, 8, { invalidating: later }))
    expect(played.said('validateOk').invalidating).to.eql(later)
  })

  it('4: a tryRecover is no vote', () => {
    expect(play(3, 1, tryRecover(2)).record.phase).to.equal('initial')
  })

  it('3.2: votes once: a second preAccept does not change what was voted', () => {
    const played = play(3, 1, preAccept(), preAccept({ cmd: anotherCmd, conflicting: [0, 0, 9] }))
    expect(played.record).to.include({ cmd })
    expect(played.record.dep).to.eql([0, 0, 0])
  })
})
