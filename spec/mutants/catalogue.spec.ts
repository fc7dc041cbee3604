import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { mutants, pending } from './catalogue/index.ts'
import { patched, root } from './copy.ts'
import type { Mutant } from './mutant.ts'
import { parseOptions } from './options.ts'
import { mergedTable, tableOf, withTable } from './table.ts'
import { collectScenarios } from './trials/collect.ts'

const numbered = (letter: string, upTo: number) => Array.from({ length: upTo }, (_, at) => `${letter}${at + 1}`)

/** Of [section 9](../../machines/protocol/README.md#section-9) and its schedules. There is no D5. */
const expected = [
  ...numbered('B', 30),
  ...numbered('L', 4),
  ...['N', 'V', 'G', 'X1', 'D1b', 'D1c', 'D2b', 'D16b'],
  ...numbered('D', 17).filter(row => row !== 'D5'),
  ...numbered('T', 9),
  ...numbered('C', 3),
]

/** What waits for its code. */
const mayBePending: readonly string[] = []

const nameOf = ({ rows, breaks }: Mutant) => `${rows.join(', ')}: ${breaks}`

describe('mutants', () => {
  const covered = mutants.flatMap(({ rows }) => rows)
  const waiting = pending.flatMap(({ rows }) => rows)

  it('stand for every row and schedule of section 9, or are pending', () => {
    expect(expected.filter(row => !covered.includes(row) && !waiting.includes(row))).to.deep.equal([])
  })

  it('are pending for what is not built yet, and for nothing else', () => {
    expect([...waiting].sort()).to.deep.equal([...mayBePending].sort())
    expect(waiting.filter(row => covered.includes(row))).to.deep.equal([])
  })

  it('apply, each patch exactly once, to the sources of today', () => {
    for (const mutant of mutants) {
      const files = new Map<string, string>()
      for (const patch of mutant.patches) {
        const before = files.get(patch.file) ?? readFileSync(join(root, patch.file), 'utf8')
        const after = patched(before, patch)
        expect(after, nameOf(mutant)).to.not.equal(before)
        files.set(patch.file, after)
      }
    }
  })

  it('name a scenario that there is, or say why there can be none', async () => {
    const titles = (await collectScenarios()).map(({ title }) => title)
    for (const mutant of mutants) {
      const { scenario, seedsOnly } = mutant
      expect(scenario === undefined, nameOf(mutant)).to.equal(seedsOnly !== undefined)
      if (scenario === undefined) continue
      const isThere = titles.some(title => title.startsWith(scenario))
      expect(isThere, `${nameOf(mutant)}: ${scenario}`).to.equal(true)
    }
  })

  it('refuse a patch that applies nowhere, or twice', () => {
    const patch = { file: 'f.ts', find: 'a', replace: '$&b' }
    expect(patched('xay', patch)).to.equal('x$&by')
    expect(() => patched('xyz', patch)).to.throw('0 times')
    expect(() => patched('aya', patch)).to.throw('2 times')
  })

  it('are told in a table, survivors and all, in the place that the README has for it', () => {
    const mutant: Mutant = { rows: ['B0'], breaks: 'a | b', patches: [], scenario: 'B0:' }
    const table = tableOf(
      [
        { mutant, by: 'scenario', how: 'agreement', needed: 'step 3', seedsToo: 'none of 5' },
        { mutant, by: undefined, how: '', needed: 'more than 5 seeds' },
      ],
      [{ rows: ['B99'], comesWith: 'later work' }],
    )
    expect(table.split('\n').slice(2)).to.deep.equal([
      '| B0 | a \\| b | scenario *B0*: agreement | step 3 | none of 5 |',
      '| B0 | a \\| b | SURVIVED | more than 5 seeds | |',
      '| B99 | | *pending*: comes with later work | | |',
    ])
    const readme = readFileSync(join(root, 'spec/mutants/README.md'), 'utf8')
    expect(withTable(withTable(readme, 'once'), 'twice')).to.equal(withTable(readme, 'twice'))
    expect(() => withTable('no place', table)).to.throw('no place')
  })

  it('leave the rows of the others as they are when some were run, and no row of what the catalogue has no more', () => {
    const of = (row: string, breaks: string): Mutant => ({ rows: [row], breaks, patches: [], scenario: 'S:' })
    const [first, second, third, fresh] = [of('B1', 'a'), of('B1', 'b | b'), of('B2', 'c'), of('B3', 'not run yet')]
    const found = (mutant: Mutant, needed: string) => ({ mutant, by: 'scenario', how: 'x | y', needed }) as const
    const before = tableOf([found(first, 'step 1'), found(second, 'step 2'), found(third, 'step 3')], [])
    const text = withTable(readFileSync(join(root, 'spec/mutants/README.md'), 'utf8'), before)
    const catalogue = [second, fresh, first]
    const after = mergedTable(text, [{ ...found(first, 'step 9'), seedsToo: 'none of 5' }], catalogue, [])
    expect(after.split('\n').slice(2)).to.deep.equal([
      '| B1 | b \\| b | scenario *S*: x \\| y | step 2 | |',
      '| B1 | a | scenario *S*: x \\| y | step 9 | none of 5 |',
    ])
    const again = mergedTable(withTable(text, after), [], catalogue, [{ rows: ['B99'], comesWith: 'later work' }])
    expect(again.split('\n')).to.deep.equal([...after.split('\n'), '| B99 | | *pending*: comes with later work | | |'])
    const all = catalogue.map(mutant => found(mutant, 'step 1'))
    expect(mergedTable(withTable(text, after), all, catalogue, [])).to.equal(tableOf(all, []))
  })

  it('have names of their own, by which their rows are told apart', () => {
    const names = mutants.map(nameOf)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).to.deep.equal([])
  })

  it('take flags that make sense', () => {
    expect(parseOptions(['--seeds', '7', '--only', 'B9'])).to.deep.include({ seeds: 7, only: 'B9', write: false })
    expect(() => parseOptions(['--seeds', 'many'])).to.throw('whole number')
    expect(parseOptions(['--write', '--only', 'B9'])).to.deep.include({ only: 'B9', write: true })
    expect(() => parseOptions(['--unknown'])).to.throw('--unknown')
  })
})
