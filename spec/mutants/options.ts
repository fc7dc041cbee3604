import { type Flags, parseFlags, UsageError } from '../support/parse-args.ts'
import { mutants } from './catalogue/index.ts'

export const usage = `npm run mutants -- [--seeds N] [--both] [--only ROW] [--write] [--json]

Breaks one rule after the other in a copy of the sources; the scenario that names the rule must fail, or a seeded world.

  --seeds N    seeds tried where no scenario fails (150)
  --both       try the seeds as well where the scenario fails: does a random world find it?
  --only ROW   only the mutants of this row: B9, D2, 'fast quorum'
  --write      write the table into spec/mutants/README.md; with --only the rows of these mutants alone
  --json       print the results as JSON
  --help       this text

Exit code: 0 every mutant is caught; 1 one survives, a patch does not apply, or something fails without a patch; 2 usage;
130 Ctrl-C.`

export interface Options {
  readonly seeds: number
  readonly both: boolean
  readonly only: string | undefined
  readonly write: boolean
  readonly json: boolean
  readonly help: boolean
}

/** @throws UsageError that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options {
  const values = parseFlags(args, options)
  const seeds = Number(values.seeds)
  if (!Number.isInteger(seeds) || seeds < 0)
    throw new UsageError(`--seeds ${values.seeds}: a whole number was expected`)
  if (values.only !== undefined && !mutants.some(({ rows }) => rows.includes(values.only!)))
    throw new UsageError(`--only ${values.only}: no mutant of that row`)
  return { ...values, only: values.only, seeds }
}

const options = {
  seeds: { type: 'string', default: '150' },
  both: { type: 'boolean', default: false },
  only: { type: 'string' },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies Flags
