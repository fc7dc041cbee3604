import { expect } from 'chai'
import { DonorPauses } from '../../../actors/state/donor-pauses.ts'

describe('pauses of donors', () => {
  it('double while checkpoints of a donor are of no use, up to a bound, and end with one that was installed', () => {
    let nowMs = 1
    const pauses = new DonorPauses(() => nowMs, 10)
    expect(pauses.has(1)).to.equal(false)
    const lasted = [10, 20, 40, 80, 160, 320, 320].map(ms => {
      pauses.useless(1)
      nowMs += ms - 1
      const isPaused = pauses.has(1)
      nowMs += 1
      return isPaused && !pauses.has(1)
    })
    expect(lasted).to.deep.equal(lasted.map(() => true))
    pauses.useless(1)
    expect([pauses.has(1), pauses.has(2)], 'of this donor alone').to.deep.equal([true, false])
    pauses.end()
    expect(pauses.has(1)).to.equal(false)
  })
})
