import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { median } from '../../../examples/bench/results.ts'
import { type Bed, type Beds, planOf } from './bed.ts'
import type { Options } from './options.ts'

/** `off`: nobody can look. `on`: somebody could. `viewed`: somebody does. */
type Way = 'off' | 'on' | 'viewed'
const ways: readonly Way[] = ['off', 'on', 'viewed']
/** Of off, at least. */
const least: Readonly<Record<Way, number>> = { off: 1, on: 0.97, viewed: 0.85 }

/** What a run comes to: operations a second, and processor time an operation, of all servers. */
interface Figure {
  readonly throughput: number
  readonly serverUs: number
}

/** Throughput in the three ways, in interleaved rounds. @returns whether the bounds hold */
export async function compareThroughput(options: Options, beds: Beds): Promise<boolean> {
  const { rounds } = options
  const plan = planOf(options)
  const off = await beds.start('off', ['--no-tap'])
  const on = await beds.start('on')
  const figures: { [way in Way]: Figure[] } = { off: [], on: [], viewed: [] }
  let bytesASecond = 0
  const run = async (way: Way, round: number): Promise<void> => {
    const bed = way === 'off' ? off : on
    const viewer = way === 'viewed' ? await look(bed) : undefined
    const { throughput, serverUs = Number.NaN } = await bed.run({ ...plan, seed: round })
    if (viewer !== undefined) bytesASecond = (await endLook(viewer)) / (plan.measureMs + plan.warmUpMs) / 1_000
    figures[way].push({ throughput, serverUs })
    process.stderr.write(
      `round ${round} of ${rounds}, ${way}: ${Math.round(throughput)}/s, ${serverUs.toFixed(1)} us\n`,
    )
  }
  for (let round = 1; round <= rounds; round++)
    for (const way of round % 2 === 0 ? ways : [...ways].reverse()) await run(way, round)

  const rows = ways.map(way => ({
    way,
    throughput: Math.round(median(figures[way].map(each => each.throughput))),
    serverUs: Number(median(figures[way].map(each => each.serverUs)).toFixed(1)),
    ratio: Number(median(figures[way].map((each, at) => each.throughput / figures.off[at]!.throughput)).toFixed(3)),
  }))
  if (options.json) console.log(JSON.stringify({ rounds, plan, rows, viewerMBASecond: bytesASecond }))
  else {
    console.log(`tap     operations/s  servers us/op  ratio to off (median of ${rounds} interleaved pairs)`)
    for (const { way, throughput, serverUs, ratio } of rows)
      console.log(`${way.padEnd(7)} ${String(throughput).padStart(12)}  ${String(serverUs).padStart(13)}  ${ratio}`)
    console.log(`the viewer was told ${bytesASecond.toFixed(2)} MB a second by all replicas together`)
  }
  const isFine = rows.every(({ way, ratio }) => ratio >= least[way])
  if (!isFine)
    console.error(`expected at least ${least.on} with nobody who looks, and ${least.viewed} with one who does`)
  return isFine
}

async function look(bed: Bed): Promise<ChildProcess> {
  const viewer = fork(fileURLToPath(new URL('./viewer.ts', import.meta.url)), [...bed.endpoints], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  await once(viewer, 'message')
  return viewer
}

/** @returns the bytes that it was told */
async function endLook(viewer: ChildProcess): Promise<number> {
  const told = once(viewer, 'message')
  const ended = once(viewer, 'exit')
  viewer.send('end')
  const [bytes] = (await told) as [number]
  await ended
  return bytes
}
