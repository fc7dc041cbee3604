import { expect } from 'chai'
import { LinkPauses } from '../../../net/ws/link-pauses.ts'

describe('pauses of links that were ended for malformed frames', () => {
  it('are none at first, double up to a bound while it goes on, and are forgiven after a while', () => {
    let nowMs = 1
    const pauses = new LinkPauses({ now: () => nowMs }, 50)
    const next = (): number => {
      pauses.faulted(2)
      const ms = pauses.leftMs(2)
      nowMs += ms
      return ms
    }
    expect(Array.from({ length: 9 }, next)).to.deep.equal([0, 50, 100, 200, 400, 800, 1_600, 3_200, 3_200])
    expect([pauses.leftMs(1), pauses.leftMs(2)]).to.deep.equal([0, 0])
    nowMs += 8 * 3_200
    expect(next(), 'it was good for long').to.equal(0)
    expect(next()).to.equal(50)
    pauses.faulted(2)
    expect(pauses.leftMs(1), 'another member has none').to.equal(0)
  })
})
