import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { type Flags, parseFlags, UsageError, whole } from '../../support/parse-args.ts'
import { sites } from './sites.ts'

export const usage = `npm run bench:wan -- [--conflicts LIST] [--clients N] [--readers N] [--flush-ms MS] [--seconds S] [--worlds N] [--seed S] [--cut SITE] [--limit NAME=VALUE] [--json]

Five sites with the round trips of real ones, on simulated time: commit and execution latency of each, against the round trip to
its nearest fast quorum and the least that a leader-based protocol takes. The guide: spec/bench/wan/README.md.

  --conflicts LIST     shares of puts on the one shared key, 0 to 1 (0,0.02,0.25,1)
  --clients N          closed-loop clients a site (10)
  --readers N          clients a site that read the shared key by quorum, in a run of their own beside the puts (2); 0: none
  --flush-ms MS        one flush of a site's disk (1); each point is run once more with flushes that take no time
  --seconds S          simulated time of a measurement (20), after 3 s of warming up
  --worlds N           seeds of each point, taken together (3)
  --seed S             the first of them (1)
  --cut SITE           this site hears, and is heard by, none of the others for a quarter of each measurement
  --limit NAME=VALUE   one of the limits of a replica (actors/shared/LIMITS.md); again for more
  --json               print the summaries as JSON
  --help               this text

Exit code: 0; 1 a bound does not hold (none is promised with --cut): median commit at most 1.05 round trips to the nearest fast quorum where at most 2 % conflict,
execution p99 at most 4 of the longest round trips where all do, a read at most 1.05 round trips to the nearest n - f beside its wait for
writes that were under way; 2 usage; 130 Ctrl-C.`

export interface Options {
  readonly conflicts: readonly number[]
  readonly clients: number
  readonly readers: number
  readonly flushMs: number
  readonly seconds: number
  readonly worlds: number
  readonly seed: number
  /** By rank. */
  readonly cutOff: number | undefined
  readonly limits: Limits
  readonly json: boolean
  readonly help: boolean
}

/** @throws UsageError that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options {
  const values = parseFlags(args, options)
  const conflicts = values.conflicts.split(',').map(share => number('--conflicts', share))
  if (conflicts.some(share => share > 1)) throw new UsageError(`--conflicts ${values.conflicts}: shares from 0 to 1`)
  return {
    conflicts,
    clients: whole('--clients', values.clients, 1),
    readers: whole('--readers', values.readers, 0),
    flushMs: number('--flush-ms', values['flush-ms']),
    seconds: whole('--seconds', values.seconds, 1),
    worlds: whole('--worlds', values.worlds, 1),
    seed: whole('--seed', values.seed, 0),
    cutOff: values.cut === undefined ? undefined : rankOf(values.cut),
    limits: { ...defaultLimits, ...Object.fromEntries(values.limit.map(limitOf)) },
    json: values.json,
    help: values.help,
  }
}

function number(flag: string, text: string): number {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new UsageError(`${flag} ${text}: a number of at least 0 was expected`)
  return value
}

function rankOf(text: string): number {
  const rank = (sites as readonly string[]).indexOf(text)
  if (rank < 0) throw new UsageError(`--cut ${text}: one of ${sites.join(', ')} was expected`)
  return rank
}

function limitOf(text: string): readonly [string, number] {
  const [name = '', value = '', ...more] = text.split('=')
  if (!Object.hasOwn(defaultLimits, name) || more.length > 0)
    throw new UsageError(`--limit ${text}: NAME=VALUE was expected, of the limits of a replica`)
  return [name, number(`--limit ${name}`, value)]
}

const options = {
  conflicts: { type: 'string', default: '0,0.02,0.25,1' },
  clients: { type: 'string', default: '10' },
  readers: { type: 'string', default: '2' },
  'flush-ms': { type: 'string', default: '1' },
  seconds: { type: 'string', default: '20' },
  worlds: { type: 'string', default: '3' },
  seed: { type: 'string', default: '1' },
  cut: { type: 'string' },
  limit: { type: 'string', multiple: true, default: [] },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies Flags
