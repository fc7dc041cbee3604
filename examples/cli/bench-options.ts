import { InvalidArgumentError } from 'commander'
import type { KeyPlan, LoadPlan, Pace } from '../bench/load-plan.ts'
import { pointsOf } from '../bench/points.ts'
import type { Connections } from '../bench/target.ts'
import { UsageError } from './exit.ts'
import { wholeNumber } from './options.ts'

/** The most operations in flight of one run. */
export const inFlightMax = 20_000
/** etcd's requests have to fit in one window of a stream. */
export const etcdValueBytesMax = 50_000

export interface BenchFlags {
  /** A cluster of each. Undefined: of three. */
  readonly replicas?: readonly number[]
  /** Clients use the first so many replicas. Undefined: all. */
  readonly proposers?: number
  readonly endpoints?: readonly string[]
  readonly clients?: readonly number[]
  readonly inFlight?: readonly number[]
  readonly rate?: readonly number[]
  readonly connections: Connections
  readonly valueBytes: readonly number[]
  readonly keys: KeyPlan['kind']
  readonly keyCount?: number
  readonly zipfExponent: number
  readonly conflicts: readonly number[]
  readonly readShare: number
  readonly seconds: number
  readonly warmUp: number
  readonly rounds: number
  readonly config?: string
  /** `--no-sessions` makes it false. */
  readonly sessions: boolean
  readonly data?: string
  readonly seed: number
  readonly vs?: 'etcd'
  readonly cpuProf?: string
  readonly report?: string
  readonly json?: true
}

/** `A,B,C`, each as `parse` reads it. */
export const listOf =
  <T>(parse: (text: string) => T) =>
  (text: string): readonly T[] =>
    text.split(',').map(each => parse(each.trim()))

export function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError(`expected a share from 0 to 1, found '${text}'.`)
  return share
}

export function parseExponent(text: string): number {
  const exponent = Number(text)
  if (text.trim() === '' || !(exponent >= 0 && exponent <= 10))
    throw new InvalidArgumentError(`expected an exponent from 0 to 10, found '${text}'.`)
  return exponent
}

export const parseInFlight = wholeNumber(1, inFlightMax)
export const parseReplicas = wholeNumber(1, 9)
export const parseValueBytes = wholeNumber(0, 1_000_000)

/** How many replicas the clusters have that are started: three, unless told otherwise. */
export const sizesOf = ({ replicas }: BenchFlags): readonly number[] => [...new Set(replicas ?? [3])]
/** Sizes of values, each once. */
export const valueBytesOf = ({ valueBytes }: BenchFlags): readonly number[] => [...new Set(valueBytes)]

const defaultKeyCounts = { own: 1, uniform: 100_000, zipf: 100_000 } as const

function keyPlan({ keys: kind, keyCount, zipfExponent: exponent }: BenchFlags): KeyPlan {
  const keys = keyCount ?? defaultKeyCounts[kind]
  return kind === 'zipf' ? { kind, keys, exponent } : { kind, keys }
}

function pacesOf({ clients, inFlight, rate }: BenchFlags): readonly Pace[] {
  const closed = (inFlight: number, pipelined: boolean): Pace => ({ kind: 'closed', inFlight, pipelined })
  const paces: readonly Pace[] = [
    ...(clients ?? []).map(count => closed(count, false)),
    ...(inFlight ?? []).map(count => closed(count, true)),
    ...(rate ?? []).map((ratePerSecond): Pace => ({ kind: 'open', ratePerSecond, inFlightMax })),
  ]
  return paces.length > 0 ? paces : [closed(64, false)]
}

/** @throws UsageError when one of these flags is given */
function refuse(flags: Readonly<Record<string, unknown>>, why: string): void {
  for (const [name, value] of Object.entries(flags)) if (value !== undefined) throw new UsageError(`${name} ${why}`)
}

/**
 * The points of load that the flags ask for.
 * @throws UsageError when flags contradict each other
 */
export function plansOf(flags: BenchFlags): readonly LoadPlan[] {
  const { replicas, proposers, endpoints, vs, config, cpuProf, data, conflicts, readShare, seed } = flags
  const sizes = sizesOf(flags)
  if (endpoints !== undefined)
    refuse(
      {
        '--replicas': replicas,
        '--proposers': proposers,
        '--vs': vs,
        '--config': config,
        '--cpu-prof': cpuProf,
        '--data': data,
      },
      'is for a cluster that is started here: it does not go with --endpoints',
    )
  const smallest = Math.min(...sizes)
  if (proposers !== undefined && proposers > smallest)
    throw new UsageError(`--proposers is at most the number of replicas, ${smallest}, found ${proposers}`)
  if (sizes.length > 1)
    refuse({ '--vs': vs, '--cpu-prof': cpuProf }, `goes with one number of replicas, found ${sizes.join(', ')}`)
  if (flags.connections === 'each')
    refuse(
      { '--in-flight': flags.inFlight, '--rate': flags.rate },
      'is one stream of operations: --connections each goes with --clients',
    )
  const valueBytes = valueBytesOf(flags)
  const largest = Math.max(...valueBytes)
  if (vs !== undefined && largest > etcdValueBytesMax)
    throw new UsageError(`--vs etcd takes values of at most ${etcdValueBytesMax} bytes, found ${largest}`)
  return pointsOf(
    { paces: pacesOf(flags), conflictShares: conflicts, valueBytes },
    {
      keys: keyPlan(flags),
      readShare,
      warmUpMs: flags.warmUp,
      measureMs: flags.seconds,
      seed,
    },
  )
}
