import { expect } from 'chai'
import { runSeed } from '../run-seed.ts'
import { drawPlan } from './plan.ts'

describe('simulated worlds: members on disks that have forgotten votes (input 33)', () => {
  it('nobody lets in an emptied disk or an old copy, and everybody the disk itself', () => {
    const happened = new Map<string, number>()
    let disowned = 0
    for (let seed = 4; seed < 10; seed++) {
      const { counts, violation } = runSeed(seed, {
        plan: draw => {
          const plan = drawPlan(draw)
          return { ...plan, disksLost: Math.floor((plan.n - 1) / 2) }
        },
        trace: line => {
          const [, what] = /DISK +\S+ (.*)$/.exec(line) ?? []
          if (what !== undefined) happened.set(what, (happened.get(what) ?? 0) + 1)
        },
      })
      expect(violation, `seed ${seed}`).to.equal(undefined)
      disowned += counts.disowned
    }
    expect([...happened.keys()]).to.include.members(['emptied and begun anew', 'replaced by an old copy'])
    expect(disowned, 'they were refused').to.be.above(10)
  })
})
