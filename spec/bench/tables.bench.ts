import { defaultLimits } from '../../actors/shared/limits.ts'
import { StateTables } from '../../actors/tables/state-tables.ts'
import { createCodec } from '../../net/codec/create-codec.ts'

/**
 * Tables beside a plain Map: memory a key, the time of a get and of a put, and how long a slice of a checkpoint or a step of
 * loading holds up the loop. Arguments: keys and bytes of a value.
 */
const [keys = 1_000_000, valueBytes = 100] = process.argv.slice(2).map(Number)
const sliceBytes = 256 * 1_024
const segmentBytesMax = 1_048_576
const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`
const codec = createCodec(defaultLimits)

/** Texts of the same length, none of them shared. */
const keyOf = (at: number): string => `key:${String(at).padStart(9, '0')}`
const newValue = (at: number): Uint8Array => new Uint8Array(valueBytes).fill(32 + (at % 90))

const used = (): number => {
  for (let round = 0; round < 3; round++) (globalThis as { gc?: () => void }).gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A sequence of keys, drawn uniformly. */
const draws = Uint32Array.from({ length: 300_000 }, () => 0)
let seed = 7
for (let at = 0; at < draws.length; at++) {
  seed = Math.imul(seed, 1_664_525) + 1_013_904_223
  draws[at] = (seed >>> 0) % keys
}

/** Microseconds of one of many calls, the median of some rounds. */
function microseconds(run: (key: string) => void): number {
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) {
    const begin = performance.now()
    for (const at of draws) run(keyOf(at))
    rounds.push(((performance.now() - begin) * 1_000) / draws.length)
  }
  return rounds.sort((a, b) => a - b)[2]!
}

/** The longest and the summed time of calls, in ms. */
function timed(step: () => boolean): { readonly longest: string; readonly all: string } {
  let [longest, all] = [0, 0]
  for (let isMore = true; isMore; ) {
    const begin = performance.now()
    isMore = step()
    const took = performance.now() - begin
    longest = Math.max(longest, took)
    all += took
  }
  return { longest: longest.toFixed(1), all: all.toFixed(0) }
}

const data = keys * (valueBytes + keyOf(0).length)
const before = used()
const tables = new StateTables(codec)
const table = tables.bytes('values', { ordered: true })
const filling = performance.now()
for (let at = 0; at < keys; at++) table.set(keyOf(at), newValue(at))
console.log(
  `${keys} keys of ${valueBytes} bytes, ${mib(data)} of data; filled in ${(performance.now() - filling).toFixed(0)} ms`,
)
const report = (when: string) => {
  const memory = used() - before
  console.log(
    `memory ${when}: ${mib(memory)}, ${(memory / data).toFixed(2)} times the data, ${(memory / keys).toFixed(0)} B a key`,
  )
}
report('when filled')

const emptied = new Uint8Array(0)
const disk = new Map<number, Uint8Array>()
function checkpoint(number: number): void {
  const begin = performance.now()
  const slices = tables.begin(number, segmentBytesMax)
  const began = performance.now() - begin
  let written = 0
  const { longest, all } = timed(() => {
    for (const { info, bytes } of slices.slice(sliceBytes)) {
      written += bytes.length
      disk.set(info.id, emptied)
      slices.release(bytes)
    }
    return !slices.isDone
  })
  const commit = performance.now()
  const live = new Set(slices.live.map(({ id }) => id))
  tables.committed()
  for (const id of disk.keys()) if (!live.has(id)) disk.delete(id)
  console.log(
    `checkpoint: ${mib(written)} written in ${all} ms; begin ${began.toFixed(1)}, longest slice ${longest}, ` +
      `commit ${(performance.now() - commit).toFixed(1)} ms; ${live.size} segments`,
  )
}
checkpoint(1)
const value = newValue(1)
console.log(
  `put ${microseconds(key => table.set(key, value)).toFixed(2)} us, get ${microseconds(key => table.view(key)).toFixed(2)} us`,
)
checkpoint(2)
disk.clear()
report('after many puts')

const map = new Map<string, Uint8Array>()
for (let at = 0; at < keys; at++) map.set(keyOf(at), newValue(at))
console.log(
  `a Map: put ${microseconds(key => map.set(key, value.slice())).toFixed(2)} us, get ${microseconds(key => map.get(key)).toFixed(2)} us`,
)
map.clear()

let number = 2
const whole = new StateTables(codec)
const other = whole.bytes('values', { ordered: true })
for (const [key, bytes] of table.entries()) other.set(key, bytes)
const slices = whole.begin(++number, segmentBytesMax)
const segments: Uint8Array[] = []
while (!slices.isDone) for (const { bytes } of slices.slice(sliceBytes)) segments.push(bytes.slice())
whole.committed()
const loading = new StateTables(codec)
loading.bytes('values', { ordered: true })
const loader = loading.load(whole.live)
const { longest, all } = timed(() => {
  if (!loader.isBusy && loader.next !== undefined) loader.add(segments.shift()!)
  return loader.step() || loader.next !== undefined
})
console.log(
  `loaded in ${all} ms, longest step ${longest} ms; equal: ${loading.digest(() => true) === whole.digest(() => true)}`,
)
