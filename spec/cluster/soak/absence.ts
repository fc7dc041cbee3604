import { setTimeout as sleep } from 'node:timers/promises'
import { RealCluster } from '../real-cluster.ts'
import { bounds, type Objections, objectToDisk, objectToFailures, objectToThroughput } from './bounds.ts'
import { footprintsLine, paceText, type SoakOptions } from './commands.ts'
import { shareCores } from './cores.ts'
import { type Footprint, footprintOf } from './footprint.ts'
import { Load } from './load.ts'
import { Pace, type Stretch } from './pace.ts'

/** How a replica that was away got what it missed. */
export type Way = 'fetch' | 'snapshot'

export interface AbsenceReport {
  /** Commands answered while it was away. */
  readonly missed: number
  readonly way: Way
  /** From the start of the process: until it was ready to vote, and until it had executed what the others had. */
  readonly readyMs: number
  readonly inStepMs: number
  /** Of the others: with all there, with one away, while it started, while it caught up, and after. */
  readonly pace: {
    readonly before: Stretch
    readonly away: Stretch
    readonly starting: Stretch
    readonly catchingUp: Stretch
    readonly after: Stretch
  }
  /** What the others took up, every tenth of the absence. */
  readonly survivors: readonly (readonly Footprint[])[]
  readonly objections: Objections
}

const tenths = 10
const warmUpCommands = 20_000
const measuredCommands = 30_000
const pollMs = 100
const patienceMs = 120_000

/** Stops one replica while so many commands go on, has it come back under load, and measures. @throws the signal's reason once it is given */
export async function soakAbsence(missed: number, expected: Way, options: SoakOptions): Promise<AbsenceReport> {
  const { clients, keys, signal, told } = options
  const cluster = await RealCluster.create(3, { built: true })
  const away = cluster.ids.at(-1)!
  const others = cluster.ids.filter(id => id !== away)
  let load: Load | undefined
  try {
    await cluster.startAll('--bootstrap')
    signal.throwIfAborted()
    const everybodyElse = [process.pid, ...others.map(id => cluster.pidOf(id))]
    told(shareCores(everybodyElse, cluster.pidOf(away)))
    load = new Load({ endpoints: others.map(id => cluster.members.get(id)!), clients, keys, signal })
    await load.more(warmUpCommands)
    const pace = new Pace(load, cluster, others)
    await load.more(measuredCommands)
    const before = pace.next()
    told(`all there: ${paceText(before)}`)

    await cluster.stop(away)
    const survivors: Footprint[][] = []
    const answered = load.answered
    pace.next()
    for (let at = 1; at <= tenths; at++) {
      await load.more(answered + (missed * at) / tenths - load.answered)
      survivors.push(await Promise.all(others.map(id => footprintOf(cluster, id))))
      told(`${load.answered - answered} commands without it; ${footprintsLine(survivors.at(-1)!)}`)
    }
    const awayPace = pace.next()
    const missedInAll = load.answered - answered

    const fromMs = performance.now()
    const started = cluster.start(away)
    shareCores([], cluster.pidOf(away))
    await started
    const readyMs = performance.now() - fromMs
    const starting = pace.next()
    await untilInStep(cluster, away, others, signal)
    const inStepMs = performance.now() - fromMs
    const catchingUp = pace.next()
    const { snapshotsInstalled, fetches } = await cluster.status(away)
    const way: Way = snapshotsInstalled > 0 ? 'snapshot' : 'fetch'
    told(
      `ready after ${Math.round(readyMs)} ms, in step after ${Math.round(inStepMs)} ms; ${snapshotsInstalled} snapshots, ${fetches} fetches`,
    )
    pace.next()
    await load.more(measuredCommands)
    const after = pace.next()
    await load.end()
    await cluster.inStep()
    // Minutes apart, perhaps: who else uses the machine has changed meanwhile.
    const allThere = (before.throughput + after.throughput) / 2
    const during = ((inStepMs - readyMs) * catchingUp.throughput + readyMs * starting.throughput) / inStepMs
    return {
      missed: missedInAll,
      way,
      readyMs,
      inStepMs,
      pace: { before, away: awayPace, starting, catchingUp, after },
      survivors,
      objections: [
        ...cluster.unexpectedEnds,
        ...objectToFailures(load.failures),
        ...(way === expected ? [] : [`it came back by ${way}, where ${expected} was expected`]),
        ...objectToThroughput(
          'from its start until it was in step',
          allThere,
          during,
          bounds.throughputKeptDuringCatchUp,
        ),
        ...others.flatMap((id, at) =>
          objectToDisk(
            id,
            survivors.map(footprints => footprints[at]!.disk),
          ),
        ),
      ],
    }
  } finally {
    load?.abandon()
    await cluster.dispose()
  }
}

/** Under load nobody stands still: it is in step once it has executed what another had executed a moment before. */
async function untilInStep(
  cluster: RealCluster,
  id: number,
  others: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    const { executedPrefix: theirs } = await cluster.status(others[0]!)
    await sleep(pollMs)
    signal.throwIfAborted()
    const { executedPrefix: own } = await cluster.status(id)
    if (own.every((index, rank) => index >= theirs[rank]!)) return
    if (performance.now() > untilMs) throw new Error(`replica ${id} was not in step within ${patienceMs} ms`)
  }
}
