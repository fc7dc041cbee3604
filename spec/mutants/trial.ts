import { spawn } from 'node:child_process'
import type { Copy } from './copy.ts'
import type { Outcome } from './outcome.ts'

/**
 * A trial that has not ended by then never will: an endless loop is a catch. It is the processor's time, so that a busy
 * machine catches nothing; only what waits without working is ended by the clock.
 */
const scenarioMax = { seconds: 120, words: '2 minutes' }
const seedsMax = { seconds: 1_200, words: '20 minutes' }
const clockTimes = 20

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
  most: { readonly seconds: number; readonly words: string },
  signal: AbortSignal,
): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const limited = ['-c', `ulimit -S -t ${most.seconds} && exec "$0" "$@"`, process.execPath, '--import', 'tsx']
    const child = spawn('sh', [...limited, ...program], { cwd: copy.path, signal })
    let printed = ''
    let complained = ''
    let hangs = false
    const timer = setTimeout(
      () => {
        hangs = true
        child.kill('SIGKILL')
      },
      clockTimes * most.seconds * 1_000,
    )
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
    child.on('close', (code, ended) => {
      clearTimeout(timer)
      // The limit's own signals: the second, where the first is not heeded.
      if (hangs || ended === 'SIGXCPU' || ended === 'SIGKILL')
        resolve([{ caught: true, how: 'hangs', needed: most.words }])
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
