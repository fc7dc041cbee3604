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

const line = (cells: readonly string[]): string => `|${cells.map(text => (text === '' ? ' |' : ` ${text} |`)).join('')}`

/** The cells of a line, as they were written. */
const cellsOf = (text: string): readonly string[] =>
  text
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(each => each.trim())

/** The cells that say which mutant a row is about. */
const nameCells = ({ rows, breaks }: Mutant): readonly string[] => [rows.join(', '), cell(breaks)]

const rowOf = (result: Result): readonly string[] => [
  ...nameCells(result.mutant),
  cell(caughtBy(result)),
  result.needed,
  ...(result.seedsToo === undefined ? [] : [result.seedsToo]),
]

const rowOfPending = ({ rows, comesWith }: Pending): readonly string[] => [
  rows.join(', '),
  '',
  `*pending*: comes with ${comesWith}`,
]

/** The last column is there when a row has it. */
function written(rows: readonly (readonly string[])[]): string {
  const all = ['row', 'rule broken', 'caught by, and how', 'needed', 'seeds by themselves']
  const head = all.slice(0, Math.max(4, ...rows.map(({ length }) => length)))
  const lines = rows.map(cells => line(head.map((_, at) => cells[at] ?? '')))
  return [line(head), `|${head.map(() => '---|').join('')}`, ...lines].join('\n')
}

/** The table: a line a mutant, in the order of the catalogue, then what is pending. */
export const tableOf = (results: readonly Result[], pending: readonly Pending[]): string =>
  written([...results.map(rowOf), ...pending.map(rowOfPending)])

/**
 * The table after a run of some mutants of the catalogue: of the others it has the rows of the table in `text`. A row of
 * a mutant that is in the catalogue no more goes.
 * @throws Error when the text has no place for a table
 */
export function mergedTable(
  text: string,
  results: readonly Result[],
  catalogue: readonly Mutant[],
  pending: readonly Pending[],
): string {
  const { begin, end } = placeIn(text)
  const nameOf = ([rows = '', breaks = '']: readonly string[]) => line([rows, breaks])
  const earlier = new Map(
    text
      .slice(begin, end)
      .trim()
      .split('\n')
      .slice(2)
      .map(cellsOf)
      .map(cells => [nameOf(cells), cells]),
  )
  const rows = catalogue.map(mutant => {
    const result = results.find(each => each.mutant === mutant)
    return result === undefined ? earlier.get(nameOf(nameCells(mutant))) : rowOf(result)
  })
  return written([...rows.filter(row => row !== undefined), ...pending.map(rowOfPending)])
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
  const { begin, end } = placeIn(text)
  return `${text.slice(0, begin)}\n${table}\n${text.slice(end)}`
}

function placeIn(text: string): { readonly begin: number; readonly end: number } {
  const begin = text.indexOf(marks.begin)
  const end = text.indexOf(marks.end)
  if (begin < 0 || end < begin) throw new Error('spec/mutants/README.md has no place for the table')
  return { begin: begin + marks.begin.length, end }
}
