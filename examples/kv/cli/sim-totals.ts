import { rules, type SeedReport } from '../../../spec/sim/index.ts'

/** Counts that are added up over worlds. */
const sums = [
  'commands',
  'answered',
  'unknown',
  'fast',
  'slow',
  'nops',
  'recoveries',
  'crashes',
  'healedPartitions',
  'messages',
] as const

/** Of these the least, the median and the most over all worlds are told. */
const spreads = ['commands', 'keys', 'crashes', 'healedPartitions', 'settledDelays', 'messagesPerPairDelay'] as const

export interface Failure {
  readonly seed: number
  readonly n: number
  readonly message: string
  /** The events that are about it, as lines to read. */
  readonly story: readonly string[]
}

/** What many worlds add up to. Plain data. */
export type Totals = { [name in (typeof sums)[number]]: number } & {
  runs: number
  simulatedHours: number
  /** Per name, one value a world. */
  readonly perWorld: { [name in (typeof spreads)[number]]: number[] }
  readonly rules: { [rule: string]: number }
  readonly violations: Failure[]
  /** By seed, the hash of the whole trace, when asked for. */
  readonly hashes: { [seed: string]: string }
}

const zeros = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, 0]))

export const newTotals = (): Totals =>
  ({
    runs: 0,
    ...zeros(sums),
    simulatedHours: 0,
    perWorld: Object.fromEntries(spreads.map(name => [name, []])),
    rules: zeros(rules),
    violations: [],
    hashes: {},
  }) as unknown as Totals

/** Adds one world. */
export function add(totals: Totals, { seed, plan, counts, violation }: SeedReport, story: readonly string[]): void {
  totals.runs++
  for (const name of sums) totals[name] += counts[name]
  for (const name of spreads) totals.perWorld[name].push(name === 'keys' ? plan.keys : counts[name])
  totals.simulatedHours += counts.simulatedMs / 3_600_000
  for (const [rule, count] of counts.rules) totals.rules[rule] = (totals.rules[rule] ?? 0) + count
  if (violation !== undefined) totals.violations.push({ seed, n: plan.n, message: violation.message, story })
}

/** Adds what another process has added up. */
export function merge(into: Totals, part: Totals): void {
  into.runs += part.runs
  into.simulatedHours += part.simulatedHours
  for (const name of sums) into[name] += part[name]
  for (const name of spreads) into.perWorld[name].push(...part.perWorld[name])
  for (const [rule, count] of Object.entries(part.rules)) into.rules[rule] = (into.rules[rule] ?? 0) + count
  into.violations.push(...part.violations)
  Object.assign(into.hashes, part.hashes)
}

/** Least, median and most of each count, over all worlds. */
export function spreadsOf({ perWorld }: Totals): { [name: string]: { min: number; median: number; max: number } } {
  return Object.fromEntries(
    spreads.map(name => {
      const sorted = [...perWorld[name]].sort((a, b) => a - b)
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
      return [name, { min: at(0), median: at(0.5), max: at(1) }]
    }),
  )
}

/** For a script to read. */
export const asJson = (totals: Totals): string =>
  JSON.stringify({ ...totals, perWorld: undefined, spreads: spreadsOf(totals) })

/** For a person to read. */
export function asText(totals: Totals, replay: (seed: number) => string): string {
  const lines = ['runs', ...sums].map(name => `${name.padEnd(20)} ${totals[name as 'runs']}`)
  lines.push(`${'simulatedHours'.padEnd(20)} ${totals.simulatedHours.toFixed(3)}`, '', 'a world: least, median, most')
  for (const [name, { min, median, max }] of Object.entries(spreadsOf(totals)))
    lines.push(`  ${name.padEnd(18)} ${[min, median, max].map(value => +value.toFixed(2)).join(', ')}`)
  lines.push('', 'rules of protocol.md, times taken')
  for (const [rule, count] of Object.entries(totals.rules)) lines.push(`  ${rule.padEnd(40)} ${count}`)
  const hashes = Object.entries(totals.hashes)
  if (hashes.length > 0)
    lines.push('', 'hashes of the traces', ...hashes.map(([seed, hash]) => `  ${seed.padEnd(10)} ${hash}`))
  lines.push('', `violations           ${totals.violations.length}`)
  for (const { seed, n, message, story } of totals.violations)
    lines.push(`seed ${seed}, n = ${n}: ${message}`, ...story.map(line => `  ${line}`), `  replay: ${replay(seed)}`)
  return `${lines.join('\n')}\n`
}
