import { RealCluster } from '../real-cluster.ts'
import {
  bounds,
  type Objections,
  objectToDisk,
  objectToFailures,
  objectToReady,
  objectToResident,
  objectToThroughput,
} from './bounds.ts'
import { type Footprint, footprintOf } from './footprint.ts'
import { Load } from './load.ts'
import { Pace, type Stretch } from './pace.ts'
import { Residents } from './residents.ts'

export interface SoakOptions {
  readonly clients: number
  readonly keys: number
  /** Ends the run early. */
  readonly signal: AbortSignal
  /** A line for who watches. */
  readonly told: (line: string) => void
}

/** One tenth of the load, and what the replicas take up after it. */
export interface Tenth extends Stretch {
  readonly commands: number
  /** In the order of the members. */
  readonly footprints: readonly Footprint[]
}

export interface CommandsReport {
  readonly tenths: readonly Tenth[]
  /** From the start of the process to its ready line, after a kill. */
  readonly readyMs: number
  readonly objections: Objections
}

const tenths = 10
/**
 * Until the code is compiled, the caches are warm and V8's generations have their size nothing is judged: some ten seconds of load,
 * in which a replica grows by a third and then no more. These commands come before those that are counted.
 */
const warmUpCommandsMax = 300_000
const warmUpShare = 0.3

/** Runs many commands through a new cluster, kills one replica, and has it come back. @throws the signal's reason once it is given */
export async function soakCommands(commands: number, options: SoakOptions): Promise<CommandsReport> {
  const { clients, keys, signal, told } = options
  const cluster = await RealCluster.create(3, { built: true })
  let load: Load | undefined
  let residents: Residents | undefined
  try {
    await cluster.startAll('--bootstrap')
    signal.throwIfAborted()
    load = new Load({ endpoints: cluster.endpoints, clients, keys, signal })
    const done: Tenth[] = []
    const warmUp = Math.min(warmUpCommandsMax, Math.floor(commands * warmUpShare))
    await load.more(warmUp)
    const pace = new Pace(load, cluster, cluster.ids)
    residents = new Residents(cluster, cluster.ids)
    for (let at = 1; at <= tenths; at++) {
      await load.more(warmUp + (commands * at) / tenths - load.answered)
      const stretch = pace.next()
      const median = residents.next()
      const looks = await Promise.all(cluster.ids.map(id => footprintOf(cluster, id)))
      const footprints = looks.map((each, member) => ({ ...each, resident: median[member] || each.resident }))
      done.push({ commands: load.answered - warmUp, ...stretch, footprints })
      told(tenthLine(done.at(-1)!))
    }
    await load.end()
    residents.end()
    const restarted = cluster.ids.at(-1)!
    await cluster.kill(restarted)
    const fromMs = performance.now()
    await cluster.start(restarted)
    const readyMs = performance.now() - fromMs
    told(`replica ${restarted} was killed, and ready ${Math.round(readyMs)} ms after its start`)
    await cluster.inStep()
    return {
      tenths: done,
      readyMs,
      objections: [
        ...cluster.unexpectedEnds,
        ...objectToFailures(load.failures),
        ...objectToThroughput('in the last tenth', done[0]!.throughput, done.at(-1)!.throughput, bounds.throughputKept),
        ...cluster.ids.flatMap((id, at) => {
          const footprints = done.map(tenth => tenth.footprints[at]!)
          return [
            ...objectToResident(id, footprints[0]!.resident, footprints.at(-1)!.resident),
            ...objectToDisk(
              id,
              footprints.map(({ disk }) => disk),
            ),
          ]
        }),
        ...objectToReady(restarted, readyMs),
      ],
    }
  } finally {
    residents?.end()
    load?.abandon()
    await cluster.dispose()
  }
}

const mib = 1024 * 1024
const inMib = (sizes: readonly number[]): string => `${sizes.map(size => (size / mib).toFixed(1)).join(' ')} MiB`

/** What the replicas take up, one beside the other. */
export const footprintsLine = (footprints: readonly Footprint[]): string =>
  [
    `resident ${inMib(footprints.map(({ resident }) => resident))}`,
    `disk ${inMib(footprints.map(({ disk }) => disk))}`,
    `records ${footprints.map(({ records }) => records).join(' ')}`,
    `actors ${footprints.map(({ actors }) => actors).join(' ')}`,
  ].join(', ')

const tenthLine = ({ commands, footprints, ...stretch }: Tenth): string =>
  `${commands} commands, ${paceText(stretch)}; ${footprintsLine(footprints)}`

export const paceText = ({ throughput, processorUs }: Stretch): string =>
  `${Math.round(throughput)}/s${processorUs === undefined ? '' : ` at ${Math.round(processorUs)} us of processor time each`}`
