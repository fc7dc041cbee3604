import { expect } from 'chai'
import { simulatedTrial } from './simulated.ts'

/** Gaps in its own row, and lies that isolate it, come with all of these together; alone these are the worst. */
const trials: readonly (readonly string[] | undefined)[] = [undefined, ['reply'], ['altered echo', 'payload']]

describe('fuzz: the door of peers, on simulated time', () => {
  for (const kinds of trials)
    it(`${kinds?.join(' and ') ?? 'all kinds'}: the p99 of honest clients at most doubles, and they are served after it`, () => {
      const { before, during, after } = simulatedTrial({ seed: 1, seconds: 2, rate: 50, kinds })
      expect(before.answered).to.be.above(100)
      expect(during.answered).to.be.above(100)
      expect(during.p99Ms).to.be.at.most(2 * before.p99Ms)
      expect(after.longestMs).to.be.below(500)
    })
})
