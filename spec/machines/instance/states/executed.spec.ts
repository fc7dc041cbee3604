import { expect } from 'chai'
import { commit, executed, recover } from '../support/events.ts'
import { play } from '../support/play.ts'

describe('executed', () => {
  it('is the end of the actor: it has no effects, and hears nothing any more', () => {
    const played = play(3, 1, commit(0), executed, recover(2, 5))
    expect(played.state).to.equal('executed')
    expect(played.last).to.eql([])
  })

  it('comes only after a commit', () => {
    expect(play(3, 1, executed).state).to.equal('initial following')
  })
})
