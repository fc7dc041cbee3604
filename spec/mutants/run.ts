/**
 * `npm run mutants`: breaks one rule after the other in a copy of the sources, and runs seeded worlds until one shows it.
 * Exit code 1 when a mutant survives.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, mutants } from './catalogue.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const seedsMax = Number(process.argv[2] ?? 150)

/** Runs seeds in the copy; prints the first that fails, and how. */
const program = `
import { runSeed } from './spec/sim/run-seed.ts'
for (let seed = 1; seed <= ${seedsMax}; seed++) {
  let shown
  try { shown = runSeed(seed).violation?.message } catch (error) { shown = error.message }
  if (shown !== undefined) { console.log(JSON.stringify({ seed, shown: shown.split(':')[0] })); process.exit(0) }
}
`

function trial(mutant: Mutant): { readonly seed: number; readonly shown: string } | undefined {
  const copy = mkdtempSync(join(tmpdir(), 'epaxos-mutant-'))
  try {
    for (const folder of [
      'machines',
      'actors',
      'net',
      'storage',
      'examples',
      'spec/sim',
      'package.json',
      'tsconfig.json',
    ])
      cpSync(join(root, folder), join(copy, folder), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const file = join(copy, mutant.file)
    const source = readFileSync(file, 'utf8')
    if (source.split(mutant.find).length !== 2)
      throw new Error(`${mutant.row}: ${mutant.file} has not one '${mutant.find}'`)
    writeFileSync(file, source.replace(mutant.find, mutant.replace))
    writeFileSync(join(copy, 'program.mts'), program)
    const printed = execFileSync(process.execPath, ['--import', 'tsx', 'program.mts'], {
      cwd: copy,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return printed === '' ? undefined : JSON.parse(printed)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

let survivors = 0
console.log('| row | breaks | caught by | seeds needed |\n|---|---|---|---|')
for (const mutant of mutants) {
  const caught = trial(mutant)
  if (caught === undefined) survivors++
  console.log(
    `| ${mutant.row} | ${mutant.breaks} | ${caught?.shown ?? `SURVIVED ${seedsMax} seeds`} | ${caught?.seed ?? ''} |`,
  )
}
process.exitCode = survivors === 0 ? 0 : 1
