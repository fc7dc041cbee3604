/** `npm run mutants`: breaks one rule after the other in a copy of the sources, and shows what notices it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../support/parse-args.ts'
import { mutants, pending } from './catalogue/index.ts'
import { Copy, root } from './copy.ts'
import type { Mutant } from './mutant.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { mergedTable, type Result, tableOf, withTable } from './table.ts'
import { tryScenarios, trySeeds } from './trial.ts'

const atOnce = 2
const readme = join(root, 'spec/mutants/README.md')

/** Runs `work` in a copy, which is gone afterwards, however it ends. */
async function inCopy<T>(patches: Mutant['patches'], work: (copy: Copy) => Promise<T>): Promise<T> {
  const copy = new Copy(patches)
  try {
    return await work(copy)
  } finally {
    copy.remove()
  }
}

/** The first of the seeds that shows a mutant, and how. */
async function seedFor(copy: Copy, seeds: number, signal: AbortSignal) {
  const outcome = await trySeeds(copy, 1, seeds, signal)
  return outcome.caught ? outcome : undefined
}

/** What notices this one: its scenario, or else the first of the seeds. */
const resultOf = (mutant: Mutant, { seeds, both }: Options, signal: AbortSignal): Promise<Result> =>
  inCopy(mutant.patches, async copy => {
    const [shown] = mutant.scenario === undefined ? [] : await tryScenarios(copy, [mutant.scenario], signal)
    const isShown = shown?.caught === true
    const seed = isShown && !both ? undefined : await seedFor(copy, seeds, signal)
    if (isShown) {
      const seedsToo = seed === undefined ? `none of ${seeds}` : `${seed.needed}: ${seed.how}`
      return { mutant, by: 'scenario', how: shown.how, needed: shown.needed, ...(both && { seedsToo }) }
    }
    if (seed !== undefined) return { mutant, by: 'seeds', how: seed.how, needed: seed.needed }
    return { mutant, by: undefined, how: '', needed: `more than ${seeds} seeds` }
  })

/**
 * Nothing may fail without a patch.
 * @throws Error that names what does
 */
const checkSane = (chosen: readonly Mutant[], signal: AbortSignal): Promise<void> =>
  inCopy([], async copy => {
    const titles = [...new Set(chosen.flatMap(({ scenario }) => scenario ?? []))]
    const outcomes = await tryScenarios(copy, titles, signal)
    outcomes.forEach((outcome, at) => {
      if (outcome.caught) throw new Error(`fails without a patch: ${titles[at]} ${outcome.how}`)
    })
  })

/** @throws Error when a seed that has caught something fails without a patch too */
const checkSeeds = (results: readonly Result[], signal: AbortSignal): Promise<void> =>
  inCopy([], async copy => {
    const shown = results.map(({ by, needed, seedsToo = '' }) => (by === 'seeds' ? needed : seedsToo))
    const seeds = new Set(shown.flatMap(text => /^seed (\d+)/.exec(text)?.[1] ?? []).map(Number))
    for (const seed of seeds) {
      const outcome = await trySeeds(copy, seed, seed, signal)
      if (outcome.caught) throw new Error(`seed ${seed} fails without a patch: ${outcome.how}`)
    }
  })

async function runAll(chosen: readonly Mutant[], options: Options, signal: AbortSignal): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  let done = 0
  const work = async () => {
    for (let at = next++; at < chosen.length; at = next++) {
      const mutant = chosen[at]!
      const result = await resultOf(mutant, options, signal)
      results[at] = result
      const end = [result.by ?? 'SURVIVED', result.needed, result.seedsToo ?? []].flat().join(', ')
      process.stderr.write(`${++done}/${chosen.length} ${mutant.rows.join(', ')}: ${mutant.breaks}: ${end}\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

async function main(options: Options, signal: AbortSignal): Promise<number> {
  const { only } = options
  process.stderr.write('first without a patch: nothing may fail\n')
  const chosen = only === undefined ? mutants : mutants.filter(({ rows }) => rows.includes(only))
  await checkSane(chosen, signal)
  const results = await runAll(chosen, options, signal)
  await checkSeeds(results, signal)
  if (options.write) {
    const text = readFileSync(readme, 'utf8')
    writeFileSync(readme, withTable(text, mergedTable(text, results, mutants, pending)))
  }
  const table = tableOf(results, only === undefined ? pending : [])
  console.log(options.json ? JSON.stringify({ results, pending }, undefined, 2) : table)
  const survivors = results.filter(({ by }) => by === undefined).length
  process.stderr.write(`${results.length} mutants, ${survivors} survived\n`)
  return survivors === 0 ? 0 : 1
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else process.exitCode = await main(options, interrupted.signal)
} catch (error) {
  const wasInterrupted = interrupted.signal.aborted
  const said = wasInterrupted ? 'interrupted' : (error as Error).message
  const exitCode = wasInterrupted ? 130 : error instanceof UsageError ? 2 : 1
  // What is still running in a copy ends with it.
  interrupted.abort()
  process.stderr.write(`${said}\n`)
  process.exitCode = exitCode
}
