/**
 * `npm test`: runs the specs, some of them side by side, as one.
 *
 *     npm test                                 all but those that need a browser
 *     npm test -- --grep 'fast path'           specs whose title matches a regular expression
 *     npm test -- 'spec/net/**'                these files
 *     npm test -- --exclude 'spec/cluster/**'  all but these
 *     npm test -- --times                      and how long each file took
 *
 * How it splits: worker processes, one more than there are cores, take file by file. Files of spec/cluster and
 * spec/documents start replicas as real processes: two of them are under way at a time, one of those on default ports. The specs of a file
 * run in their order, in one process, as `npx mocha FILE` runs them; so the result is that of a serial run.
 *
 * What it prints: a mark a spec (`.` passed, `!` failed, `,` skipped), each failure in full with what its file printed,
 * and last a line that counts all, alone: `N passed, N failed`. Exit code: 0; 1 a spec failed, or none ran; 2 usage;
 * 130 Ctrl-C, which ends all that was started.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { UsageError, whole } from './parse-args.ts'
import { specFiles } from './runner/files.ts'
import { Report } from './runner/report.ts'
import { Schedule } from './runner/schedule.ts'
import { type FileResult, Worker } from './runner/worker.ts'

/** Files that take long, the longest first: they begin early, so that none is waited for at the end. */
const slow = [
  'spec/sim/standard-seeds-1.spec.ts',
  'spec/examples/cli/sim.spec.ts',
  'spec/sim/standard-seeds-2.spec.ts',
  'spec/sim/seeds.spec.ts',
  'spec/sim/own-workload.spec.ts',
  'spec/model/',
  'spec/machines/execution/random-graphs.spec.ts',
  'spec/machines/compiled/',
  'spec/machines/instance/any-history.spec.ts',
  'spec/examples/cli/debug.spec.ts',
  'spec/storage/sqlite/',
  'spec/examples/debugger/',
]

interface Options {
  readonly files: readonly string[]
  readonly grep: string | undefined
  readonly jobs: number
  readonly times: boolean
}

/** @throws UsageError that says what is wrong with the arguments */
function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args)
  const patterns = positionals.length > 0 ? positionals : ['spec/**/*.spec.ts']
  const excluded = [...values.exclude, ...(positionals.length > 0 ? [] : ['spec/browser/**'])]
  return {
    files: specFiles(patterns, excluded),
    grep: values.grep,
    jobs: values.jobs === undefined ? availableParallelism() + 1 : whole('--jobs', values.jobs, 1),
    times: values.times,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        grep: { type: 'string', short: 'g' },
        exclude: { type: 'string', multiple: true, default: [] },
        jobs: { type: 'string', short: 'j' },
        times: { type: 'boolean', default: false },
      },
    })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** @returns whether all is well */
async function runAll({ files, grep, jobs, times }: Options, signal: AbortSignal): Promise<boolean> {
  const schedule = new Schedule(files, slow)
  const report = new Report()
  const results: FileResult[] = []
  const underWay = new Set<string>()
  const work = async (): Promise<void> => {
    const worker = new Worker(outcome => {
      if (!signal.aborted) report.take(outcome)
    })
    signal.addEventListener('abort', () => worker.kill())
    for (let file = schedule.next(); file !== undefined && !signal.aborted; file = schedule.next()) {
      underWay.add(file)
      const result = await worker.run({ file, grep })
      if (signal.aborted) return
      underWay.delete(file)
      schedule.done(file)
      report.fileDone(result)
      results.push(result)
    }
    worker.end()
  }
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, work))
  if (signal.aborted) {
    process.stdout.write(`\ninterrupted in ${[...underWay].join(', ')}\n`)
    return false
  }
  if (times)
    for (const { seconds, file } of results.sort((a, b) => b.seconds - a.seconds))
      process.stdout.write(`\n${seconds.toFixed(1).padStart(6)} s ${file}`)
  return report.close()
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
try {
  const isWell = await runAll(parseOptions(process.argv.slice(2)), interrupted.signal)
  process.exitCode = interrupted.signal.aborted ? 130 : isWell ? 0 : 1
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
