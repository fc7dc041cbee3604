import { setTimeout as sleep } from 'node:timers/promises'
import { createDraw } from '../sim/world/random.ts'
import type { Attack } from './attack.ts'
import { Bed, servesWithinMs } from './bed.ts'
import type { DoorName } from './doors/door.ts'
import { type Fare, HonestClients } from './honest.ts'
import { Nobody } from './nobody.ts'
import { MemoryWatch } from './watch.ts'

export interface TrialOptions {
  readonly door: DoorName
  readonly seed: number
  /** Of attacks; honest clients are measured before. */
  readonly seconds: number
  /** So many attacks, however long they take; undefined: as many as fit. */
  readonly count?: number | undefined
  /** Attacks a second, at most. */
  readonly rate: number
  /** Kinds of attacks that are done; undefined: all. */
  readonly kinds?: readonly string[] | undefined
  /** These attacks alone, instead of drawn ones. */
  readonly replay?: readonly Attack[] | undefined
  readonly bounds?: Bounds
  /** Ends the run early. */
  readonly signal: AbortSignal
  /** A line for who watches. */
  readonly told: (line: string) => void
}

/** What honest clients and the machine may feel of it. */
export interface Bounds {
  /** The 99th percentile of honest clients, as a multiple of the one before, or with attacks on nobody, the larger; below `p99FloorMs` the machine decides. */
  readonly p99Factor: number
  readonly p99FloorMs: number
  readonly residentMibMax: number
  readonly servesWithinMs: number
}

export const defaultBounds: Bounds = { p99Factor: 2, p99FloorMs: 50, residentMibMax: 512, servesWithinMs }

export interface TrialReport {
  readonly door: DoorName
  readonly seed: number
  readonly seconds: number
  readonly attacks: number
  readonly kinds: Readonly<Record<string, number>>
  /** Frames that no link took. */
  readonly dropped: number
  readonly before: Fare
  /** While the same attacks went to nobody: what the attacking program takes of the machine. */
  readonly beside: Fare
  readonly during: Fare
  readonly residentMib: Readonly<Record<string, number>>
  /** Undefined: it did not. */
  readonly servedAfterMs: number | undefined
  /** Empty when all is well. */
  readonly findings: readonly string[]
  /** The last attacks before a finding, oldest first. */
  readonly latest: readonly Attack[]
  /** What the replicas printed, when there is a finding. */
  readonly output: string
}

const latestMax = 2_000
/** Attacks under way at once. */
const concurrency = 16
const toldEveryMs = 10_000

/** One run: a new cluster, honest clients, attacks on one door, and what came of it. */
export async function runTrial(options: TrialOptions): Promise<TrialReport> {
  const { door, seed, seconds, signal } = options
  const bounds = options.bounds ?? defaultBounds
  const bed = await Bed.create(door)
  const memory = new MemoryWatch(bed.processes)
  const honest = new HonestClients(bed.endpoints)
  try {
    // The first second is of programs that are being compiled.
    await sleep(1_000)
    honest.fare()
    const measuredMs = Math.max(2_000, Math.min(20_000, seconds * 100))
    await sleep(measuredMs)
    const before = honest.fare()
    options.told(`before: ${before.answered} answered, p50 ${before.p50Ms} ms, p99 ${before.p99Ms} ms`)
    const nobody = await Nobody.open()
    await nobody.attacked(door, { seed, seconds: measuredMs / 1_000, rate: options.rate })
    await nobody.close()
    const beside = honest.fare()
    options.told(`attacks on nobody: ${beside.answered} answered, p50 ${beside.p50Ms} ms, p99 ${beside.p99Ms} ms`)
    const from = performance.now()
    const { latest, kinds, attacks } = await attackAll(options, bed, memory)
    const during = honest.fare()
    const findings = bed.unexpectedEnds.map(each => `a process ended: ${each}`)
    const servedAfterMs = await bed.serves(bounds.servesWithinMs).catch((error: Error) => {
      findings.push(error.message)
      return undefined
    })
    memory.end()
    findings.push(...objections(before, beside, during, memory.mostMib, bounds))
    signal.throwIfAborted()
    return {
      ...{ door, seed, attacks, kinds, before, beside, during, servedAfterMs, findings },
      seconds: Math.round((performance.now() - from) / 1_000),
      dropped: bed.deliverer.dropped,
      residentMib: memory.mostMib,
      latest: findings.length > 0 ? latest : [],
      output: findings.length > 0 ? bed.output : '',
    }
  } finally {
    memory.end()
    await Promise.race([honest.end(), sleep(5_000)])
    await bed.dispose()
  }
}

function objections(
  before: Fare,
  beside: Fare,
  during: Fare,
  residentMib: Readonly<Record<string, number>>,
  { p99Factor, p99FloorMs, residentMibMax }: Bounds,
): readonly string[] {
  const most = Math.max(p99FloorMs, p99Factor * before.p99Ms, p99Factor * beside.p99Ms)
  return [
    ...(during.p99Ms > most
      ? [
          `honest clients' p99 was ${during.p99Ms} ms, ${before.p99Ms} ms before, and ${beside.p99Ms} ms with attacks on nobody`,
        ]
      : []),
    ...during.failed.slice(0, 5).map(each => `an honest client was not served: ${each}`),
    ...Object.entries(residentMib)
      .filter(([, mib]) => mib > residentMibMax)
      .map(([name, mib]) => `${name} took ${mib} MiB of memory, and at most ${residentMibMax} are expected`),
  ]
}

/** Draws and does attacks until the time is over, something ends, or somebody stops it. */
async function attackAll(
  { seed, seconds, count, rate, replay, signal, told, kinds: only }: TrialOptions,
  bed: Bed,
  memory: MemoryWatch,
): Promise<{ readonly attacks: number; readonly kinds: Record<string, number>; readonly latest: readonly Attack[] }> {
  const kinds: Record<string, number> = {}
  const latest: Attack[] = []
  const underWay = new Set<Promise<void>>()
  const from = performance.now()
  const until = from + seconds * 1_000
  let lookAtMs = from + toldEveryMs
  let no = 0
  let drawn = 0
  const next = (): Attack => {
    if (replay !== undefined) return replay[no]!
    for (;;) {
      const attack = { ...bed.door.attack(createDraw(`fuzz ${seed} ${drawn}`)), no: drawn } as Attack
      drawn++
      if (only?.includes(attack.kind) ?? true) return attack
    }
  }
  const isOver = () => signal.aborted || bed.unexpectedEnds.length > 0
  const most = replay?.length ?? count
  while (!isOver() && (most === undefined ? performance.now() < until : no < most)) {
    const attack = next()
    no++
    kinds[attack.kind] = (kinds[attack.kind] ?? 0) + 1
    if (latest.push(attack) > latestMax) latest.shift()
    const done = bed.deliverer.deliver(attack).finally(() => underWay.delete(done))
    underWay.add(done)
    if (underWay.size >= concurrency) await Promise.race(underWay)
    const aheadMs = (no * 1_000) / rate - (performance.now() - from)
    if (aheadMs > 0) await sleep(aheadMs)
    if (performance.now() < lookAtMs) continue
    lookAtMs += toldEveryMs
    const mib = Math.max(...Object.values(memory.mostMib))
    told(`${Math.round((performance.now() - from) / 1_000)} s: ${no} attacks, most memory ${mib} MiB`)
  }
  await Promise.all(underWay)
  return { attacks: no, kinds, latest }
}
