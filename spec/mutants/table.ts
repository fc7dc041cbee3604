import type { Mutant, Pending } from './mutant.ts'

/** What became of one mutant. */
export interface Result {
  readonly mutant: Mutant
  /** `scenario`, `seeds`, or neither: it survived. */
  readonly by: 'scenario' | 'seeds' | undefined
  readonly how: string
  readonly needed: string
  /** Where a scenario has shown it and the seeds were tried as well: the first that shows it too, or how many do not. */
  readonly seedsToo?: string
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

const caughtBy = ({ mutant, by, how }: Result): string => {
  if (by === undefined) return 'SURVIVED'
  const who = by === 'scenario' ? `scenario *${mutant.scenario?.replace(/:$/, '')}*` : 'seeds'
  const why = mutant.seedsOnly === undefined ? '' : ` (no scenario: ${mutant.seedsOnly})`
  return `${who}${why}: ${how}`
}

const row = (cells: readonly string[]): string => `|${cells.map(text => (text === '' ? ' |' : ` ${text} |`)).join('')}`

/** The table: a line a mutant, in the order of the catalogue, then what is pending. */
export function tableOf(results: readonly Result[], pending: readonly Pending[]): string {
  const isBoth = results.some(({ seedsToo }) => seedsToo !== undefined)
  const head = ['row', 'rule broken', 'caught by, and how', 'needed', ...(isBoth ? ['seeds by themselves'] : [])]
  const rows = [
    ...results.map(result => [
      result.mutant.rows.join(', '),
      cell(result.mutant.breaks),
      cell(caughtBy(result)),
      result.needed,
      ...(isBoth ? [result.seedsToo ?? ''] : []),
    ]),
    ...pending.map(({ rows: names, comesWith }) => {
      const told = [names.join(', '), '', `*pending*: comes with ${comesWith}`]
      return head.map((_, at) => told[at] ?? '')
    }),
  ]
  return [row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n')
}

const marks = {
  begin: '<!-- the table, written by npm run mutants -- --write -->',
  end: '<!-- the end of the table -->',
}

/**
 * The text with this table in the place of the last one.
 * @throws Error when the text has no place for it
 */
export function withTable(text: string, table: string): string {
  const begin = text.indexOf(marks.begin)
  const end = text.indexOf(marks.end)
  if (begin < 0 || end < begin) throw new Error('spec/mutants/README.md has no place for the table')
  return `${text.slice(0, begin + marks.begin.length)}\n${table}\n${text.slice(end)}`
}
