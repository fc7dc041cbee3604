import { expect } from 'chai'
import { NOP } from '../../../../../machines/protocol/commands.ts'
import { accept, cmd, preAccept, recover, validate } from '../../support/events.ts'
import { play } from '../../support/play.ts'

describe('vote/accepted', () => {
  it('3.4: needs no preAccept before', () => {
    const played = play(3, 1, accept(0, 0, cmd, [0, 0, 3]))
    expect(played.state).to.equal('accepted following')
    expect(played.effects).to.eql(['writeRecord', 'reply acceptOk to 0'])
    expect(played.record).to.deep.include({ phase: 'accepted', abal: 0, dep: [0, 0, 3], initCmd: undefined })
  })

  it('7: answers a repeat from the record, without a write', () => {
    const played = play(3, 1, accept(2, 5), accept(2, 5))
    expect(played.last).to.eql(['reply acceptOk to 2'])
    expect(played.said('acceptOk').bal).to.equal(5)
  })

  it('3.4: votes anew at a higher ballot', () => {
    const played = play(3, 1, accept(0, 0), accept(2, 5, NOP))
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 2'])
    expect(played.record).to.include({ abal: 5, bal: 5, cmd: NOP })
  })

  it('7: an accept below the promise is nacked, even a repeat of what was accepted', () => {
    const played = play(3, 1, accept(0, 0), recover(2, 5), accept(0, 0))
    expect(played.last).to.eql(['reply nack to 0'])
    expect(played.said('nack').bal).to.equal(5)
  })

  it('3.4: accepts at the ballot it has promised since, though abal lies below', () => {
    const played = play(3, 1, accept(0, 0), recover(2, 5), accept(2, 5, NOP))
    expect(played.last).to.eql(['writeRecord', 'reply acceptOk to 2'])
    expect(played.record.abal).to.equal(5)
  })

  it('4.2: a promise leaves abal and the value (B1)', () => {
    const played = play(3, 1, accept(0, 0, cmd, [0, 0, 3]), recover(2, 5))
    expect(played.state).to.equal('accepted following')
    expect(played.record).to.deep.include({ bal: 5, abal: 0, phase: 'accepted', dep: [0, 0, 3] })
    expect(played.said('recoverOk')).to.deep.include({ bal: 5, abal: 0, phase: 'accepted', cmd, dep: [0, 0, 3] })
  })

  it('4.4: its phase guard: a duplicate of validate after the accept of its ballot changes nothing (B8)', () => {
    const history = [recover(2, 5), validate(2, 5), accept(2, 5, NOP)]
    const before = play(3, 1, ...history)
    const after = play(3, 1, ...history, validate(2, 5))
    expect(after.last).to.eql([])
    expect(after.record).to.eql(before.record)
  })

  it('7: a validate below the promise is nacked', () => {
    expect(play(3, 1, accept(2, 5), validate(1, 4)).last).to.eql(['reply nack to 1'])
  })

  it('7: a preAccept that the accept has overtaken is dropped at ballot 0, and nacked above', () => {
    expect(play(3, 1, accept(0, 0), preAccept()).last).to.eql([])
    const outbid = play(3, 1, accept(2, 5), preAccept())
    expect(outbid.last).to.eql(['reply nack to 0'])
    expect(outbid.said('nack').bal).to.equal(5)
  })
})
