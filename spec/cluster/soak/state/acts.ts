import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectKv } from '../../../../examples/kv/connect.ts'
import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import { eventually, type RealCluster } from '../../real-cluster.ts'
import { runCli } from '../../run-cli.ts'
import { settled } from './equality.ts'
import { keyOf } from './load.ts'
import type { Laggard, Restart } from './measures.ts'

/** A large state takes its time: how long, is what is measured. */
const patienceMs = 600_000
const pollMs = 50
const tryMs = 1_000
/** A process that does not end for so long does not end. */
const stopPatienceMs = 120_000

/** Has a killed replica come back under load. @param missed puts answered while it was away @param votes called when it votes */
export async function bringBack(cluster: RealCluster, id: number, missed: number, votes: () => void): Promise<Laggard> {
  const fromMs = performance.now()
  await cluster.start(id)
  votes()
  const voteMs = performance.now() - fromMs
  const other = cluster.ids.find(each => each !== id)!
  // Under load nobody stands still: it is in step once it has executed what another had executed a moment before.
  await eventually(
    `replica ${id} in step`,
    async () => {
      const { executedPrefix: theirs } = await cluster.status(other)
      await sleep(pollMs)
      const { executedPrefix: own, caughtUp } = await cluster.status(id)
      return caughtUp && own.every((index, rank) => index >= theirs[rank]!) ? true : undefined
    },
    patienceMs,
  )
  const inStepMs = performance.now() - fromMs
  const { snapshotsInstalled, fetches } = await cluster.status(id)
  return { id, missed, voteMs, inStepMs, snapshotsInstalled, fetches }
}

/** `backup`, as an operator takes it. @throws Error when it fails */
export async function takeBackup(cluster: RealCluster): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const fromMs = performance.now()
  const file = join(cluster.directory, 'backup')
  const endpoints = cluster.endpoints.join(',')
  const { code, stdout, stderr } = await runCli([
    'backup',
    file,
    '--endpoints',
    endpoints,
    '--timeout',
    '10m',
    '--json',
  ])
  if (code !== 0) throw new Error(`the backup failed: ${stderr}`)
  return { seconds: (performance.now() - fromMs) / 1_000, bytes: (JSON.parse(stdout) as { bytes: number }).bytes }
}

/** Kills all replicas at once, and starts all again. */
export async function restartAll(cluster: RealCluster): Promise<Restart> {
  await Promise.all(cluster.ids.map(id => cluster.kill(id)))
  const fromMs = performance.now()
  const since = (): number => performance.now() - fromMs
  const answered = firstAnswer(cluster).then(since)
  const replicas = await Promise.all(
    cluster.ids.map(async id => {
      await cluster.start(id)
      return { id, voteMs: since() }
    }),
  )
  const answerMs = await answered
  await settled(cluster)
  return { replicas, answerMs, inStepMs: since() }
}

/** A linearizable read, tried again until it is answered. */
async function firstAnswer(cluster: RealCluster): Promise<void> {
  const client = connectKv({ endpoints: cluster.endpoints, timeoutMs: tryMs })
  try {
    await eventually(
      'an answer after the restart',
      () =>
        client.get(keyOf(0)).then(
          () => true,
          error => {
            if (!(error instanceof EpaxosError)) throw error
            return undefined
          },
        ),
      patienceMs,
    )
  } finally {
    client.close()
  }
}

/** SIGTERM to all at once. @returns how long each took to end, ms */
export const stopAll = (cluster: RealCluster): Promise<readonly number[]> =>
  Promise.all(
    cluster.ids.map(async id => {
      const fromMs = performance.now()
      await cluster.stop(id, stopPatienceMs)
      return performance.now() - fromMs
    }),
  )
