/** `npx tsx spec/sim/waits/print.ts [SEEDS]`: the longest waits of clients of healthy replicas, by kind of fault. */
import { table } from '../../../examples/cli/table.ts'
import { faultKinds } from './kinds.ts'
import { longestWaitMs, type Trial } from './measure.ts'

const seeds = Number(process.argv[2] ?? 3)
const columns: readonly Pick<Trial, 'n' | 'keys' | 'isReserved'>[] = ([3, 5] as const).flatMap(n =>
  (['hot', 'own'] as const).flatMap(keys => [false, true].map(isReserved => ({ n, keys, isReserved }))),
)

const rows = faultKinds.map(kind => [
  kind.name,
  String(kind.boundMs),
  ...columns.map(column =>
    String(Math.max(...Array.from({ length: seeds }, (_, at) => longestWaitMs({ ...column, kind, seed: at + 1 })))),
  ),
])
const head = columns.map(({ n, keys, isReserved }) => `${n} ${keys}${isReserved ? ' faster' : ''}`)
console.log(table([['longest wait, ms', 'bound', ...head], ...rows]))
