import { expect } from 'chai'
import { ClientSession } from '../../../actors/client/session.ts'

describe('client: a session', () => {
  it('has a floor below every number that is not settled', () => {
    const session = new ClientSession('s')
    expect(session.floor).to.equal(0)
    expect([session.next(), session.next(), session.next()]).to.deep.equal([1, 2, 3])
    session.settled(2)
    expect(session.floor).to.equal(0)
    session.settled(1)
    expect(session.floor).to.equal(2)
    session.settled(3)
    session.settled(3)
    expect(session.floor).to.equal(3)
  })
})
