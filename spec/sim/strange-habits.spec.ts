import { expect } from 'chai'
import { biasedPlan, runSeed } from './index.ts'
import { strangeWorkload } from './workload/strange.ts'

describe('simulation: a state machine of strange habits (input 8)', () => {
  it('stops no replica, and all replicas stay equal', () => {
    let answered = 0
    for (let seed = 1; seed <= 12; seed++) {
      const { violation, counts } = runSeed(seed, { workload: strangeWorkload })
      expect(violation?.message, `seed ${seed}`).to.equal(undefined)
      answered += counts.answered
    }
    expect(answered).to.be.above(500)
  })

  it('also where coordinators die in the middle', () => {
    for (let seed = 101; seed <= 106; seed++)
      expect(
        runSeed(seed, { workload: strangeWorkload, plan: biasedPlan }).violation?.message,
        `seed ${seed}`,
      ).to.equal(undefined)
  })
})
