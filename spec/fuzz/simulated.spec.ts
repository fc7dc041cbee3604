import { expect } from 'chai'
import { simulatedTrial } from './simulated.ts'

/** Gaps in its own row, and lies that isolate it, come with all of these together; alone these are the worst. */
const trials: readonly { readonly kinds?: readonly string[]; readonly seconds: number }[] = [
  { seconds: 4 },
  { kinds: ['reply'], seconds: 2 },
  { kinds: ['altered echo', 'payload'], seconds: 2 },
]

describe('fuzz: the door of peers, on simulated time', () => {
  for (const { kinds, seconds } of trials)
    it(`${kinds?.join(' and ') ?? 'all kinds'}: the p99 of honest clients at most doubles, and they are served after it`, () => {
      const { before, during, after } = simulatedTrial({ seed: 1, seconds, rate: 50, kinds })
      expect(before.answered).to.be.above(100)
      expect(during.answered).to.be.above(100)
      expect(during.p99Ms).to.be.at.most(2 * before.p99Ms)
      expect(after.longestMs).to.be.below(500)
    })
})
