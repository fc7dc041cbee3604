import { spawn } from 'node:child_process'
import type { Copy } from './copy.ts'
import type { Outcome } from './outcome.ts'

/** A trial that has not ended by then never will: an endless loop is a catch. */
const scenarioMax = { ms: 120_000, words: '2 minutes' }
const seedsMax = { ms: 1_200_000, words: '20 minutes' }

/** The outcomes of the scenarios whose titles begin so, each with its own run. */
export const tryScenarios = (copy: Copy, titles: readonly string[], signal: AbortSignal): Promise<Outcome[]> =>
  run(copy, ['spec/mutants/trials/scenario.ts', ...titles], scenarioMax, signal)

/** The outcome of the seeds from `first` to `last`. */
export async function trySeeds(copy: Copy, first: number, last: number, signal: AbortSignal): Promise<Outcome> {
  const [outcome] = await run(copy, ['spec/mutants/trials/seeds.ts', String(first), String(last)], seedsMax, signal)
  return outcome!
}

/** @throws Error when the program ends without an outcome: the patched code does not run */
function run(
  copy: Copy,
  program: readonly string[],
  most: { readonly ms: number; readonly words: string },
  signal: AbortSignal,
): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...program], { cwd: copy.path, signal })
    let printed = ''
    let complained = ''
    let hangs = false
    const timer = setTimeout(() => {
      hangs = true
      child.kill('SIGKILL')
    }, most.ms)
    child.stdout.on('data', chunk => {
      printed += chunk
    })
    child.stderr.on('data', chunk => {
      complained += chunk
    })
    child.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', code => {
      clearTimeout(timer)
      if (hangs) resolve([{ caught: true, how: 'hangs', needed: most.words }])
      else if (code !== 0) reject(new Error(`the patched code does not run: ${complained.slice(-2_000)}`))
      else
        resolve(
          printed
            .trim()
            .split('\n')
            // Nothing was asked for: those that only seeds can show have no scenario.
            .filter(line => line !== '')
            .map(line => JSON.parse(line)),
        )
    })
  })
}
