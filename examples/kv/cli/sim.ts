import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { runSeed, type SeedReport } from '../../../spec/sim/index.ts'
import { exitCodes } from './exit.ts'
import { jsonOption, wholeNumber } from './options.ts'

interface SimFlags {
  readonly seed?: number
  readonly seeds?: readonly [number, number]
  readonly minutes?: number
  readonly trace?: true
  readonly keepGoing?: true
  readonly json?: true
}

/** What many worlds add up to. */
interface Totals {
  runs: number
  commands: number
  answered: number
  unknown: number
  fast: number
  slow: number
  nops: number
  crashes: number
  healedPartitions: number
  messages: number
  simulatedHours: number
  rules: Record<string, number>
  violations: { seed: number; n: number; message: string }[]
}

function parseRange(text: string): [number, number] {
  const [from, to] = text.split('..').map(Number)
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from! > to!)
    throw new InvalidArgumentError(`expected A..B with A <= B, found '${text}'.`)
  return [from!, to!]
}

/** `sim`: seeded worlds. Exit code 0 when nothing is violated, 1 when something is. */
export function simCommand(): Command {
  return new Command('sim')
    .description('run the production replicas in seeded simulated worlds, and check all they do')
    .option('--seed <number>', 'replay one world', wholeNumber(0))
    .option('--seeds <A..B>', 'run these worlds, on all cores', parseRange)
    .option('--minutes <number>', 'run new worlds for so long', wholeNumber(1))
    .option('--trace', 'with --seed: print one line an event')
    .option('--keep-going', 'collect violations instead of stopping at the first')
    .addOption(jsonOption())
    .action(async (flags: SimFlags) => {
      const totals = flags.seed === undefined ? await runMany(flags) : runOne(flags.seed, flags)
      if (totals === undefined) return
      report(totals, flags)
      process.exitCode = totals.violations.length === 0 ? 0 : exitCodes.refused
    })
}

function runOne(seed: number, flags: SimFlags): Totals {
  const totals = newTotals()
  add(totals, runSeed(seed, flags.trace === true ? line => process.stdout.write(`${line}\n`) : undefined))
  return totals
}

const newTotals = (): Totals => ({
  runs: 0,
  commands: 0,
  answered: 0,
  unknown: 0,
  fast: 0,
  slow: 0,
  nops: 0,
  crashes: 0,
  healedPartitions: 0,
  messages: 0,
  simulatedHours: 0,
  rules: {},
  violations: [],
})

function add(totals: Totals, { seed, plan, counts, violation }: SeedReport): void {
  totals.runs++
  for (const name of [
    'commands',
    'answered',
    'unknown',
    'fast',
    'slow',
    'nops',
    'crashes',
    'healedPartitions',
    'messages',
  ] as const)
    totals[name] += counts[name]
  totals.simulatedHours += counts.simulatedMs / 3_600_000
  for (const [rule, count] of counts.rules) totals.rules[rule] = (totals.rules[rule] ?? 0) + count
  if (violation !== undefined) totals.violations.push({ seed, n: plan.n, message: violation.message })
}

function merge(into: Totals, part: Totals): void {
  for (const name of [
    'runs',
    'commands',
    'answered',
    'unknown',
    'fast',
    'slow',
    'nops',
    'crashes',
    'healedPartitions',
    'messages',
    'simulatedHours',
  ] as const)
    into[name] += part[name]
  for (const [rule, count] of Object.entries(part.rules)) into.rules[rule] = (into.rules[rule] ?? 0) + count
  into.violations.push(...part.violations)
}

/** Seeds are handed to one process a core, a few at a time, in order. */
async function runMany(flags: SimFlags): Promise<Totals> {
  const worker = fileURLToPath(new URL(`./sim-worker${import.meta.url.slice(-3)}`, import.meta.url))
  const totals = newTotals()
  const started = performance.now()
  const untilMs = flags.minutes === undefined ? Number.POSITIVE_INFINITY : started + flags.minutes * 60_000
  const [from, to] = flags.seeds ?? [1, flags.minutes === undefined ? 200 : Number.MAX_SAFE_INTEGER]
  let next = from
  let told = started
  const isOver = () =>
    next > to || performance.now() > untilMs || (totals.violations.length > 0 && flags.keepGoing !== true)
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const child = fork(worker, { execArgv: process.execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      try {
        while (!isOver()) {
          const seed = next++
          const part = await ask(child, seed)
          merge(totals, part)
          for (const { message } of part.violations) process.stderr.write(`seed ${seed}: ${message}\n`)
          if (performance.now() - told > 2_000) {
            told = performance.now()
            const rate = totals.runs / ((told - started) / 1_000)
            process.stderr.write(
              `${totals.runs} worlds, ${rate.toFixed(1)}/s, ${totals.violations.length} violations\n`,
            )
          }
        }
      } finally {
        child.disconnect()
      }
    }),
  )
  return totals
}

function ask(child: ReturnType<typeof fork>, seed: number): Promise<Totals> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`the process that ran seed ${seed} ended`))
    child.once('exit', failed)
    child.once('message', part => {
      child.off('exit', failed)
      resolve(part as Totals)
    })
    child.send(seed)
  })
}

/** What a worker process answers for one seed. */
export const shareOf = (seed: number): Totals => runOne(seed, {})

function report(totals: Totals, flags: SimFlags): void {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(totals)}\n`)
    return
  }
  const { rules, violations, ...sums } = totals
  for (const [name, value] of Object.entries(sums))
    process.stdout.write(`${name.padEnd(18)} ${name === 'simulatedHours' ? value.toFixed(3) : value}\n`)
  for (const [rule, count] of Object.entries(rules).sort()) process.stdout.write(`  ${rule.padEnd(26)} ${count}\n`)
  process.stdout.write(`violations         ${violations.length}\n`)
  for (const { seed, n, message } of violations)
    process.stdout.write(
      `seed ${seed}, n = ${n}: ${message}\n  replay: npm run -s epaxos -- sim --seed ${seed} --trace\n`,
    )
}
