import { expect } from 'chai'
import { biasedPlan, type RunOptions, runSeed, strangeWorkload } from './index.ts'

/** Runs these worlds; nothing may be wrong in any. */
function isSound(first: number, last: number, options: RunOptions = {}): void {
  let answered = 0
  for (let seed = first; seed <= last; seed++) {
    const { violation, counts } = runSeed(seed, { ...options, workload: strangeWorkload })
    expect(violation?.message, `seed ${seed}`).to.equal(undefined)
    answered += counts.answered
  }
  expect(answered).to.be.above(20 * (last - first + 1))
}

describe('simulation: a state machine of strange habits (input 8)', () => {
  it('stops no replica, and all stay equal', () => isSound(1, 5))
  it('leaves no rejected promise behind, which would end the process', async () => {
    const left: unknown[] = []
    const listen = (reason: unknown) => left.push(reason)
    process.on('unhandledRejection', listen)
    try {
      isSound(11, 12)
      await new Promise(resolve => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', listen)
    }
    expect(left.map(String)).to.eql([])
  })
  it('stops no replica, and all stay equal, in other worlds', () => isSound(6, 10))
  it('also where coordinators die in the middle', () => isSound(101, 103, { plan: biasedPlan }))
})
