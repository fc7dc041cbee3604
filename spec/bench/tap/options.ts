import { type Flags, parseFlags, UsageError, whole } from '../../support/parse-args.ts'

export const usage = `npm run bench:tap -- [--rounds N] [--seconds S] [--in-flight N] [--replicas N] [--page] [--rate N] [--json]

Throughput with the tap off, on, and with one viewer that receives and discards, in interleaved rounds.

  --rounds N     interleaved rounds (9)
  --seconds S    of each measurement, after a second of warming up (4)
  --in-flight N  operations that one client keeps in flight (256)
  --replicas N   of each cluster (3)
  --page         instead: latency at half the maximum load without and with the debugger's page open in Chromium
  --rate N       with --page: operations a second (half of what is measured first)
  --json         figures as one JSON object on standard output

Exit code: 0; 1 a bound does not hold: throughput of off at least 0.97 (on) and 0.85 (viewed); with --page, p99 under twice that
without, and no operation that failed; 2 usage; 130 Ctrl-C.`

export interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly inFlight: number
  readonly replicas: number
  readonly page: boolean
  /** Operations a second; undefined: half of what is measured. */
  readonly rate: number | undefined
  readonly json: boolean
  readonly help: boolean
}

/** @throws UsageError that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options {
  const values = parseFlags(args, options)
  if (values.rate !== undefined && !values.page) throw new UsageError('--rate goes with --page')
  return {
    rounds: whole('--rounds', values.rounds, 1),
    seconds: whole('--seconds', values.seconds, 1),
    inFlight: whole('--in-flight', values['in-flight'], 1),
    replicas: whole('--replicas', values.replicas, 1),
    page: values.page,
    rate: values.rate === undefined ? undefined : whole('--rate', values.rate, 1),
    json: values.json,
    help: values.help,
  }
}

const options = {
  rounds: { type: 'string', default: '9' },
  seconds: { type: 'string', default: '4' },
  'in-flight': { type: 'string', default: '256' },
  replicas: { type: 'string', default: '3' },
  page: { type: 'boolean', default: false },
  rate: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies Flags
