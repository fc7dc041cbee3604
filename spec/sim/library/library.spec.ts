import { expect } from 'chai'
import { traceHash } from '../trace-hash.ts'
import { runLibrarySeed } from './run-library-seed.ts'

describe("simulation: the library's client", () => {
  for (const seeds of [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ])
    it(`is linearizable, and says what is not known, in seeds ${seeds.join(', ')}`, async () => {
      for (const seed of seeds) {
        const { violation, counts } = await runLibrarySeed(seed)
        expect(violation?.message, `seed ${seed}`).to.equal(undefined)
        expect(counts.answered, `seed ${seed}`).to.be.above(50)
      }
    })

  it('gives the same trace for the same seed', async () => {
    const hashes: string[] = []
    for (let run = 0; run < 2; run++) {
      const { trace, digest } = traceHash()
      await runLibrarySeed(9, trace)
      hashes.push(digest())
    }
    expect(hashes[0]).to.equal(hashes[1])
  })
})
