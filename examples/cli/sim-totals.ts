import { rules, type SeedReport } from '../../spec/sim/index.ts'

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
  'due',
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

/** Which worlds were run: all seeds from one to another, unless it was interrupted before any had ended. */
export interface Extent {
  readonly seeds: { readonly from: number; readonly to: number } | undefined
  readonly interrupted: boolean
}

/** For a script to read. */
export const asJson = (totals: Totals, extent: Extent): string =>
  JSON.stringify({ ...extent, ...totals, perWorld: undefined, spreads: spreadsOf(totals) })

/** For a person to read. */
export function asText(totals: Totals, { seeds, interrupted }: Extent, replay: (seed: number) => string): string {
  const column = columnOf([...sums, 'simulatedHours'])
  const lines = seeds === undefined ? [] : [`${column('seeds')} ${seeds.from}..${seeds.to}`]
  lines.push(...(['runs', ...sums] as const).map(name => `${column(name)} ${totals[name]}`))
  lines.push(`${column('simulatedHours')} ${totals.simulatedHours.toFixed(3)}`)
  if (totals.runs > 0) {
    const ofWorld = columnOf(spreads)
    lines.push('', 'a world: least, median, most')
    for (const [name, { min, median, max }] of Object.entries(spreadsOf(totals)))
      lines.push(`  ${ofWorld(name)} ${[min, median, max].map(value => +value.toFixed(2)).join(', ')}`)
    const ofRule = columnOf(Object.keys(totals.rules))
    lines.push('', 'rules of the protocol (machines/protocol/README.md), times taken')
    for (const [rule, count] of Object.entries(totals.rules)) lines.push(`  ${ofRule(rule)} ${count}`)
  }
  const hashes = Object.entries(totals.hashes)
  if (hashes.length > 0) {
    const ofSeed = columnOf(Object.keys(totals.hashes))
    lines.push('', 'hashes of the traces', ...hashes.map(([seed, hash]) => `  ${ofSeed(seed)} ${hash}`))
  }
  lines.push('', `${column('violations')} ${totals.violations.length}`)
  for (const { seed, n, message, story } of totals.violations)
    lines.push(`seed ${seed}, n = ${n}: ${message}`, ...story.map(line => `  ${line}`), `  replay: ${replay(seed)}`)
  if (interrupted) lines.push('interrupted')
  return `${lines.join('\n')}\n`
}

/** Names that fill a column together. */
function columnOf(names: readonly string[]): (name: string) => string {
  const width = Math.max(...names.map(({ length }) => length))
  return name => name.padEnd(width)
}
