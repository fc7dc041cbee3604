import { expect } from 'chai'
import { faultKinds } from './kinds.ts'
import { longestWaitMs, type Trial } from './measure.ts'

/** Where something is under way that others wait for when the fault strikes: one key for all. `print.ts` tries more. */
const trials: readonly Omit<Trial, 'kind'>[] = [
  { n: 3, keys: 'hot', isReserved: true, seed: 1 },
  { n: 3, keys: 'hot', isReserved: false, seed: 2 },
  { n: 5, keys: 'hot', isReserved: true, seed: 1 },
]

describe('simulation: the longest wait of a client of a healthy replica', () => {
  for (const kind of faultKinds)
    it(`${kind.name}: at most ${kind.boundMs} ms, for ${kind.why}`, function () {
      const waits = trials.map(trial => longestWaitMs({ ...trial, kind }))
      this.test!.title = `${kind.name}: ${waits.join(', ')} ms, and at most ${kind.boundMs}`
      expect(Math.max(...waits)).to.be.at.most(kind.boundMs)
    })

  it('is longer than a bound when nobody is suspected in time, and the measurement sees it', () => {
    const kind = faultKinds.find(({ name }) => name === 'freeze')!
    const slow = { n: 3, keys: 'hot', isReserved: true, seed: 1, kind, limits: { suspicionMs: 2_000 } } as const
    expect(longestWaitMs(slow)).to.be.above(kind.boundMs)
  })
})
