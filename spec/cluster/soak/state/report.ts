import { table } from '../../../../examples/cli/table.ts'
import type { Bar } from './bars.ts'
import type { StateMeasures } from './measures.ts'
import type { WindowReport } from './window.ts'

const mib = 1024 * 1024
const listedMax = 10

/** One run for people: what was measured, and how it stands to each bound. */
export function stateAsText(measures: StateMeasures, bars: readonly Bar[]): string {
  const { parts, crash, looks } = measures
  const windows = [...parts, ...(crash === undefined ? [] : [{ name: 'after the kill', window: crash }])]
  const lists = [
    ['suspicions', looks.suspicions],
    ['stalls', looks.stalls],
    ['differences', measures.equal.differences],
    ['unexpected ends', measures.unexpectedEnds],
  ] as const
  return [
    table(summaryOf(measures)),
    table([windowColumns, ...windows.map(({ name, window }) => windowRow(name, window))]),
    table([replicaColumns, ...looks.replicas.map(replicaRow)]),
    table([barColumns, ...bars.map(barRow)]),
    ...lists.flatMap(([name, items]) => listText(name, items)),
  ].join('\n\n')
}

function summaryOf({ keys, valueBytes, clients, dataBytes, fill, ...more }: StateMeasures): string[][] {
  const { ratio, rounds, laggard, backup, restart, stopsMs, equal, ownLoopMs } = more
  return [
    ['state', `${keys} keys x ${valueBytes} bytes, ${(dataBytes / mib).toFixed(1)} MiB; ${clients} clients`],
    ['filled', `in ${fill.seconds.toFixed(1)} s, ${Math.round(fill.throughput)}/s`],
    ['throughput, of that at few keys', `${shown(ratio)}; rounds: ${rounds.map(roundText).join(', ')}`],
    [
      'the one that was away',
      laggard === undefined
        ? '-'
        : `missed ${laggard.missed}, voted after ${ms(laggard.voteMs)}, in step after ${ms(laggard.inStepMs)}, ` +
          `${laggard.snapshotsInstalled} snapshots, ${laggard.fetches} fetches`,
    ],
    ['backup', backup === undefined ? '-' : `${(backup.bytes / mib).toFixed(1)} MiB in ${backup.seconds.toFixed(1)} s`],
    [
      'all killed',
      restart === undefined
        ? '-'
        : `votes after ${restart.replicas.map(each => ms(each.voteMs)).join(', ')}; an answer after ${ms(restart.answerMs)}; ` +
          `in step after ${ms(restart.inStepMs)}`,
    ],
    ['SIGTERM', stopsMs.map(ms).join(', ')],
    ['equal', `${equal.differences.length === 0 ? 'yes' : 'NO'}, by ${equal.by} and ${equal.keysRead} keys`],
    ['own loop', `late by ${ms(ownLoopMs)} at most: a silence below that may be the load generator's`],
  ]
}

const windowColumns = ['part', 's', 'puts/s', 'silence', 'p50', 'p99', 'p99.9', 'longest, ms', 'failed']
const windowRow = (name: string, window: WindowReport): string[] => [
  name,
  window.seconds.toFixed(0),
  `${Math.round(window.throughput)}`,
  window.silenceMs.toFixed(0),
  ...[window.p50Ms, window.p99Ms, window.p999Ms, window.longestMs].map(value => value.toFixed(1)),
  Object.entries(window.failures)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ') || '0',
]

const replicaColumns = ['replica', 'loop late, longest ms', 'p99', 'resident, MiB', 'looks without an answer']
const replicaRow = ({ id, loop, residentMax, silentLooks }: StateMeasures['looks']['replicas'][number]): string[] => [
  `${id}`,
  shown(loop?.longestMs),
  shown(loop?.p99Ms),
  (residentMax / mib).toFixed(0),
  `${silentLooks}`,
]

const barColumns = ['bound', 'at', 'found', '']
const barRow = ({ name, unit, bound, value, isMet }: Bar): string[] => [
  name,
  `${'atMost' in bound ? `at most ${shown(bound.atMost)}` : `at least ${shown(bound.atLeast)}`}${unit === 'count' ? '' : ` ${unit}`}`,
  shown(value),
  isMet === undefined ? 'not measured' : isMet ? 'met' : 'MISSED',
]

const listText = (name: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        [
          `${name}: ${items.length}`,
          ...items.slice(0, listedMax).map(each => `- ${each}`),
          ...(items.length > listedMax ? ['- ...'] : []),
        ].join('\n'),
      ]

const roundText = ({ large, small }: { readonly large: number; readonly small: number }): string =>
  `${Math.round(large)} to ${Math.round(small)}`
const ms = (value: number): string => `${Math.round(value)} ms`
const shown = (value: number | undefined): string =>
  value === undefined ? '-' : Number.isInteger(value) ? `${value}` : value.toFixed(value < 10 ? 2 : 0)
