import { expect } from 'chai'
import { runSeed } from './run-seed.ts'
import { type TransactionCommand, transactionsWorkload } from './workload/transactions.ts'
import { drawPlan, type Plan } from './world/plan.ts'
import type { Draw } from './world/random.ts'

/** Several keys, and nothing that ends by itself. */
const plan = (draw: Draw): Plan => ({ ...drawPlan(draw), keys: draw.pick([2, 3, 5]), ttlShare: 0 })

describe('simulation: transactions on several keys', () => {
  it('are strictly serializable', () => {
    let answered = 0
    for (let seed = 1; seed <= 8; seed++) {
      const { violation, counts } = runSeed(seed, { workload: transactionsWorkload(), plan })
      expect(violation?.message, `seed ${seed}`).to.equal(undefined)
      answered += counts.answered
    }
    expect(answered).to.be.above(700)
  })

  it('are not when a footprint leaves out what a command reads, and the judge finds it', () => {
    const lying = ([, appends]: TransactionCommand) => ({ reads: [], writes: appends })
    const found = [1, 2, 3].map(seed => runSeed(seed, { workload: transactionsWorkload(lying), plan }).violation)
    expect(found.some(violation => violation?.property === 'linearizability')).to.equal(true)
  })
})
