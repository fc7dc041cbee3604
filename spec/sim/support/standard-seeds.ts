import { expect } from 'chai'
import { type Rule, rules } from '../checks/rules.ts'
import { runSeed } from '../run-seed.ts'

/** Rules that seeds alone may miss: their scenarios show them. */
const rare: ReadonlySet<Rule> = new Set<Rule>([
  '4.5.3 invalidated',
  '4.5.3 waiting',
  '4.5.3 late accept',
  '4.5.3 late commit',
  '4.5.3 late coordinator',
  '8 validate hears of what is truncated',
  '8 snapshot refused',
])

/** So many worlds a spec: it ends in time on a busy machine, and what it prints is followed. */
const seedsPerSpec = 5

/**
 * The specs of a part of the standard seeds; each file of them calls this once. The parts run side by side, and in each all rules
 * must be taken but the rare ones. They are cut so that a rule of few seeds has at least two in each.
 */
export function standardSeeds(first: number, last: number): void {
  const taken = new Map<string, number>()
  let seedsRun = 0

  for (let from = first; from <= last; from += seedsPerSpec) {
    const to = Math.min(from + seedsPerSpec - 1, last)
    it(`finds nothing wrong in the standard seeds ${from} to ${to}`, () => {
      const sum = { commands: 0, crashes: 0, healed: 0 }
      for (let seed = from; seed <= to; seed++) {
        const { violation, counts } = runSeed(seed)
        expect(violation?.message, `seed ${seed}: npm run -s epaxos -- sim --seed ${seed} --trace`).to.equal(undefined)
        expect(
          [counts.commands >= 100, counts.crashes >= 3, counts.healedPartitions >= 1],
          `seed ${seed}`,
        ).to.deep.equal([true, true, true])
        sum.commands += counts.commands
        sum.crashes += counts.crashes
        sum.healed += counts.healedPartitions
        for (const [rule, count] of counts.rules) taken.set(rule, (taken.get(rule) ?? 0) + count)
        seedsRun++
      }
      console.log(`      ${sum.commands} commands, ${sum.crashes} crashes, ${sum.healed} healed partitions`)
    })
  }

  it('takes every rule of the protocol in them, but the rare ones', function () {
    // With --grep some of them did not run.
    if (seedsRun < last - first + 1) this.skip()
    console.log(`      ${'rule'.padEnd(44)}    seeds`)
    for (const rule of rules) console.log(`      ${rule.padEnd(44)} ${String(taken.get(rule) ?? 0).padStart(8)}`)
    expect(
      rules.filter(rule => !taken.has(rule) && !rare.has(rule)),
      'rules that no standard seed reaches',
    ).to.deep.equal([])
  })
}
