import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { runSeed } from './run-seed.ts'

const traceHash = (seed: number): string => {
  const hash = createHash('sha256')
  runSeed(seed, line => hash.update(`${line}\n`))
  return hash.digest('hex')
}

/** Seeds that once showed a mistake, with what it was. */
const regressions: readonly [seed: number, mistake: string][] = [
  [8, 'a replica whose link broke behind a cut never dialled again'],
  [11, 'the same, with a lost disk'],
  [17, 'the same, n = 5'],
  [221, 'an own index told by a heartbeat, undone by a crash and decided Nop by the others, was proposed again'],
]

describe('simulation', function () {
  this.timeout(300_000)

  it('finds nothing wrong in the standard seeds', () => {
    const sum = { commands: 0, crashes: 0, healed: 0 }
    const rules = new Map<string, number>()
    for (let seed = 1_000_001; seed <= 1_000_120; seed++) {
      const { violation, counts } = runSeed(seed)
      expect(violation?.message, `seed ${seed}: npm run -s epaxos -- sim --seed ${seed} --trace`).to.equal(undefined)
      sum.commands += counts.commands
      sum.crashes += counts.crashes
      sum.healed += counts.healedPartitions
      for (const [rule, count] of counts.rules) rules.set(rule, (rules.get(rule) ?? 0) + count)
    }
    console.log(`      ${sum.commands} commands, ${sum.crashes} crashes, ${sum.healed} healed partitions`)
    // Sometimes: the rare paths were taken.
    for (const rule of ['3.3 fast', '3.3 slow', '4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5', '4.5.1', '4.5.2', '4.5.3'])
      expect(rules.get(`rule ${rule}`) ?? 0, `rule ${rule}`).to.be.above(0)
  })

  for (const [seed, mistake] of regressions) {
    it(`seed ${seed}: ${mistake}`, () => {
      expect(runSeed(seed).violation?.message).to.equal(undefined)
    })
  }

  it('gives the same trace for the same seed, byte for byte, also in another process', () => {
    const program = fileURLToPath(new URL('./trace-hash.ts', import.meta.url))
    const seeds = [1, 2, 3, 4, 5, 6]
    const here = seeds.map(traceHash)
    const there = execFileSync(process.execPath, ['--import', 'tsx', program, ...seeds.map(String)], {
      encoding: 'utf8',
    })
    expect(there.trim().split('\n')).to.deep.equal(here)
    expect(new Set(here).size).to.equal(seeds.length)
  })
})
