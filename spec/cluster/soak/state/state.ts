import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { RealCluster } from '../../real-cluster.ts'
import { bringBack, restartAll, stopAll, takeBackup } from './acts.ts'
import { bounds } from './bars.ts'
import { equalityOf } from './equality.ts'
import { StateLoad } from './load.ts'
import type { Laggard, Restart, StateMeasures } from './measures.ts'
import { type Looks, ReplicaWatch } from './watch.ts'
import { merged, type WindowReport } from './window.ts'

export interface StateOptions {
  readonly keys: number
  readonly valueBytes: number
  readonly clients: number
  /** Of the soak: a third with all there, a third while one comes back, a third with a backup. */
  readonly minutes: number
  /** Of the same load in turns on a state of few keys; 0: left out. */
  readonly rounds: number
  readonly roundSeconds: number
  /** Of the throughput that was found: the soak sends no more. 1: as fast as it is answered. */
  readonly share: number
  /** The replicas run the built program. */
  readonly built: boolean
  readonly signal: AbortSignal
  /** A line for who watches. */
  readonly told: (line: string) => void
}

const fewKeys = 1_000
/** After a kill the others need the suspicion time to notice, and to finish what the dead one began. */
const crashMs = 5_000
const warmUpMs = 3_000
const loopResolutionMs = 10
const nsPerMs = 1e6

/** Fills a large state, loads it for minutes while one replica is away and comes back, and has all restart. @throws the signal's reason */
export async function soakState(options: StateOptions): Promise<StateMeasures> {
  const { keys, valueBytes, clients, built, signal, told } = options
  // Every delay that is judged is told.
  const cluster = await RealCluster.create(3, { built, limits: { stallMs: bounds.loopDelayMs } })
  const load = new StateLoad({ endpoints: cluster.endpoints, clients, keys, valueBytes })
  const ownLoop = monitorEventLoopDelay({ resolution: loopResolutionMs })
  try {
    await cluster.startAll('--bootstrap')
    const fill = await load.fill(done => told(`${done} of ${keys} keys filled`))
    told(`filled: ${Math.round(fill.throughput)} puts/s, ${toMib(load.dataBytes)} MiB of data`)
    signal.throwIfAborted()
    const rounds = await compareWithFewKeys(load, options)
    ownLoop.enable()
    const soak = await soakOnce(cluster, load, options, medianOf(rounds.map(each => each.large)))
    ownLoop.disable()
    signal.throwIfAborted()
    const { restart, equal } = await endOf(cluster, options)
    const stopsMs = await stopAll(cluster)
    told(`SIGTERM: ${stopsMs.map(Math.round).join(', ')} ms`)
    return {
      keys,
      valueBytes,
      clients,
      dataBytes: load.dataBytes,
      fill,
      rounds,
      ratio: rounds.length === 0 ? undefined : medianOf(rounds.map(({ large, small }) => large / small)),
      ...soak,
      ownLoopMs: Math.max(0, ownLoop.max / nsPerMs - loopResolutionMs),
      restart,
      stopsMs,
      equal,
      unexpectedEnds: cluster.unexpectedEnds,
    }
  } finally {
    load.close()
    await cluster.dispose()
  }
}

/** The same load in turns: on this state, and on a cluster of few keys beside it, which is idle meanwhile. */
async function compareWithFewKeys(large: StateLoad, options: StateOptions): Promise<StateMeasures['rounds']> {
  const { rounds: count, roundSeconds, clients, valueBytes, built, signal, told } = options
  if (count === 0) return []
  const cluster = await RealCluster.create(3, { built })
  const small = new StateLoad({ endpoints: cluster.endpoints, clients, keys: fewKeys, valueBytes })
  try {
    await cluster.startAll('--bootstrap')
    await small.fill(() => undefined)
    const warmUp = Math.min(warmUpMs, roundSeconds * 1_000)
    for (const each of [large, small]) await each.during(warmUp, signal)
    const rounds: { large: number; small: number }[] = []
    for (let at = 0; at < count; at++) {
      const { throughput: onLarge } = await large.during(roundSeconds * 1_000, signal)
      const { throughput: onSmall } = await small.during(roundSeconds * 1_000, signal)
      rounds.push({ large: onLarge, small: onSmall })
      told(`round ${at + 1}: ${Math.round(onLarge)}/s, with ${fewKeys} keys ${Math.round(onSmall)}/s`)
    }
    return rounds
  } finally {
    small.close()
    await cluster.dispose()
  }
}

interface Soaked {
  readonly judged: WindowReport
  readonly parts: StateMeasures['parts']
  readonly crash: WindowReport | undefined
  readonly looks: Looks
  readonly laggard: Laggard | undefined
  readonly backup: StateMeasures['backup']
}

/** The load, for minutes: all there; one killed; it is away; it comes back; a backup is taken. */
async function soakOnce(
  cluster: RealCluster,
  load: StateLoad,
  { minutes, share, signal, told }: StateOptions,
  throughput: number | undefined,
): Promise<Soaked> {
  const thirdMs = (minutes * 60_000) / 3
  const away = cluster.ids.at(-1)!
  const watch = new ReplicaWatch(cluster)
  const parts: { name: string; window: WindowReport }[] = []
  const part = (name: string): WindowReport => {
    const window = load.next()
    parts.push({ name, window })
    told(`${name}: ${partText(window)}`)
    return window
  }
  const wait = (ms: number) => sleep(ms, undefined, { signal })
  try {
    load.start(share < 1 ? share * (throughput ?? (await load.during(warmUpMs, signal)).throughput) : undefined)
    await wait(thirdMs)
    part('all there')

    watch.pardon()
    watch.away(away)
    await cluster.kill(away)
    await wait(Math.min(crashMs, thirdMs / 4))
    const crash = load.next()
    told(`after the kill: ${partText(crash)}`)
    watch.judge()
    await wait(Math.max(0, thirdMs / 2 - crashMs))
    const missed = crash.answered + part('one away').answered
    const laggard = await bringBack(cluster, away, missed, () => watch.votes(away))
    load.reconnect(cluster.ids.indexOf(away))
    part('it comes back')
    told(`it voted after ${Math.round(laggard.voteMs)} ms, in step after ${Math.round(laggard.inStepMs)} ms`)
    watch.inStep(away)
    await wait(thirdMs / 2)
    part('all there again')

    const backup = await takeBackup(cluster)
    part('a backup is taken')
    await wait(thirdMs)
    parts.push({ name: 'after it', window: await load.stop() })
    return {
      judged: merged(parts.map(({ window }) => window)),
      parts,
      crash,
      looks: watch.end(),
      laggard,
      backup,
    }
  } finally {
    watch.end()
  }
}

/** After the load: equal, all killed and back, and still equal. */
async function endOf(
  cluster: RealCluster,
  { keys, told }: StateOptions,
): Promise<{ readonly restart: Restart; readonly equal: StateMeasures['equal'] }> {
  const before = await equalityOf(cluster, keys)
  told(`equal by ${before.by} and ${before.keysRead} keys: ${before.differences.length === 0 ? 'yes' : 'NO'}`)
  const restart = await restartAll(cluster)
  const votes = restart.replicas.map(each => Math.round(each.voteMs)).join(', ')
  told(
    `all killed: votes after ${votes} ms, an answer after ${Math.round(restart.answerMs)} ms, in step after ${Math.round(restart.inStepMs)} ms`,
  )
  const after = await equalityOf(cluster, keys)
  return { restart, equal: { ...after, differences: [...before.differences, ...after.differences] } }
}

const toMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
const partText = ({ throughput, silenceMs, p999Ms, longestMs }: WindowReport): string =>
  `${Math.round(throughput)}/s, silent for ${silenceMs.toFixed(0)} ms at most, p99.9 ${p999Ms.toFixed(0)} ms, longest ${longestMs.toFixed(0)} ms`

function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? sorted[middle]
    : sorted.length === 0
      ? undefined
      : (sorted[middle - 1]! + sorted[middle]!) / 2
}
