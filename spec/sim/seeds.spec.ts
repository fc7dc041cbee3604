import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { runSeed } from './run-seed.ts'
import { traceHash } from './trace-hash.ts'

/**
 * Seeds that once showed a mistake. Plans and draws have changed since: what holds the mistakes down today are the scenarios
 * named; of these only 17 and 11902 would fail by themselves.
 */
const regressions: readonly [seed: number, mistake: string][] = [
  [17, 'a replica whose link broke behind a cut never dialled again'],
  [221, 'an own index told by a heartbeat, undone by a crash and decided Nop, was proposed again (D13)'],
  [
    11_902,
    'a dependency beyond the index window was forgotten: nobody looked for it once the window had moved (section 7)',
  ],
  [10_345, 'who hears too few to decide anything proposed again and again, each time a Nop (section 4)'],
]

describe('simulation', () => {
  for (const [seed, mistake] of regressions) {
    it(`seed ${seed}: ${mistake}`, () => {
      expect(runSeed(seed).violation?.message).to.equal(undefined)
    })
  }

  it('gives the same trace for the same seed, byte for byte, also in another process', () => {
    const program = fileURLToPath(new URL('./trace-hashes.ts', import.meta.url))
    const seeds = Array.from({ length: 12 }, (_, at) => at + 1)
    const here = seeds.map(seed => {
      const { trace, digest } = traceHash()
      runSeed(seed, { trace })
      return digest()
    })
    const there = execFileSync(process.execPath, ['--import', 'tsx', program, ...seeds.map(String)], {
      encoding: 'utf8',
    })
    expect(there.trim().split('\n')).to.deep.equal(here)
    expect(new Set(here).size).to.equal(seeds.length)
  })
})
