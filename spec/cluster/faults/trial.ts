import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedError } from '../../../examples/cli/exit.ts'
import { createRandom } from '../../../examples/kv/workload/random.ts'
import { RealCluster } from '../real-cluster.ts'
import { startCli } from '../run-cli.ts'
import { describeFault, kindOf, lanesOf, type Mode } from './fault-plan.ts'
import { answersAndAgrees } from './healed.ts'
import { type Hit, inflictFaults } from './inflict.ts'
import { type Judgement, judge, objectionsTo } from './judge.ts'
import type { CutCounts } from './link-path.ts'
import { Suspicions } from './suspicions.ts'

export interface TrialOptions {
  readonly mode: Mode
  readonly seconds: number
  readonly replicas: number
  /** Of the faults' draws and of the load's. */
  readonly seed: number
  /** After which a client gives an operation up. */
  readonly timeoutMs?: number
  /** Where the history, the faults (times as in the history) and what the replicas printed are kept. */
  readonly folder: string
  /** Ends the run early. */
  readonly signal: AbortSignal
  /** A line for who watches. */
  readonly told: (line: string) => void
}

/** One run: what was done, what was felt, what clients saw. */
export interface TrialReport {
  readonly seed: number
  readonly history: string
  readonly faults: Readonly<Record<string, number>>
  /** What cuts did to connections; undefined when links were not to be cut. */
  readonly cuts: CutCounts | undefined
  /** Suspicions seen in statuses, and links that went down. */
  readonly suspicions: number
  readonly linksDown: number
  readonly judgement: Judgement
  /** Why the run fails: empty when all is well. */
  readonly objections: readonly string[]
}

const clients = 32
const keys = 50

/** Runs a new cluster under load and faults, heals it, and judges. @throws RefusedError when there is nothing to judge, the signal's reason once it is given */
export async function runTrial(options: TrialOptions): Promise<TrialReport> {
  const { mode, seconds, replicas, seed, timeoutMs = 5_000, folder, signal, told } = options
  const history = join(folder, `${seed}.history.jsonl`)
  const lanes = lanesOf[mode]
  const cluster = await RealCluster.create(replicas, { cuttable: lanes.flat().includes('cut') })
  const objections: string[] = []
  const objecting = (error: Error): void => {
    objections.push(error.message)
  }
  try {
    await cluster.startAll('--bootstrap')
    signal.throwIfAborted()
    const load = startCli([
      ...['workload', '--endpoints', cluster.endpoints.join(','), '--clients', `${clients}`, '--seconds', `${seconds}`],
      ...['--keys', `${keys}`, '--history', history, '--timeout', `${timeoutMs}ms`, '--seed', `${seed}`, '--json'],
    ])
    signal.addEventListener('abort', () => load.child.kill('SIGKILL'))
    const over = new AbortController()
    const suspicions = new Suspicions(cluster)
    const hits: Hit[] = []
    const hit = (it: Hit): void => {
      hits.push(it)
      told(describeFault(it.fault))
    }
    const inflicted = lanes.map((kinds, lane) =>
      inflictFaults(cluster, createRandom(seed + lane * 7_919), kinds, over.signal, hit).catch(objecting),
    )
    const ended = await load.ended
    over.abort()
    await Promise.all(inflicted)
    await suspicions.end()
    signal.throwIfAborted()
    if (ended.code !== 0) throw new RefusedError(`the load ended with ${ended.signal ?? ended.code}: ${ended.stderr}`)
    await answersAndAgrees(cluster).catch(objecting)
    writeFileSync(join(folder, `${seed}.faults.jsonl`), hits.map(lineOf).join(''))
    const judgement = await judge(history, hits, replicas, timeoutMs)
    const linksDown = cluster.told.filter(({ event }) => event.code === 'linkDown').length
    objections.push(...cluster.unexpectedEnds, ...objectionsTo(judgement))
    if (lanes.length > 0 && suspicions.count + linksDown === 0) objections.push('no replica noticed any fault')
    // A loaded machine brings suspicion too; these counts only a cut brings.
    if (cluster.links !== undefined && Object.values(cluster.links.counts).every(count => count === 0))
      objections.push('no cut touched any connection')
    return {
      seed,
      history,
      faults: countsOf(hits.map(({ fault }) => kindOf(fault))),
      cuts: cluster.links?.counts,
      suspicions: suspicions.count,
      linksDown,
      judgement,
      objections,
    }
  } finally {
    writeFileSync(join(folder, `${seed}.replicas.log`), `${cluster.output}\n`)
    await cluster.dispose()
  }
}

const lineOf = ({ fault, atNs, endNs }: Hit): string =>
  `${JSON.stringify({ ...fault, at: atNs.toString(), end: endNs.toString() })}\n`

/** How often each name occurs. */
export const countsOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(names)].sort().map(name => [name, names.filter(each => each === name).length]))
