import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryDisk } from '../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../storage/simulated/memory-store.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import type { RecordWrite, Store, WriteBatch } from '../../storage/store.ts'
import { bootstrap, close, open, write } from '../storage/support/calls.ts'
import { countingRandom, realClock } from '../storage/support/clock.ts'

/** Flushes and records a second, one flush in flight, and what opening costs. */
const secondsEach = 1
const recordsAtOpening = 200_000
const random = countingRandom()
const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
const vote = bytes(60)
const command = bytes(200)

function batchFrom(first: number, count: number): RecordWrite[] {
  return Array.from({ length: count }, (_, at) => ({ epoch: 1, rank: at % 3, index: first + at, vote, command }))
}

/** How often a replica under load lets go of what it executed, with a snapshot. */
const truncatedAfterFlushes = 2_000
const snapshot = bytes(10_000)

/** A flush as a replica under load has it: one instance is new, with its command, and two that are known are voted on. */
function flushUnderLoad(at: number, payload: Uint8Array): WriteBatch {
  const index = 3 + at
  const records = [
    { epoch: 1, rank: 0, index, vote, command: payload },
    { epoch: 1, rank: 0, index: index - 1, vote, command: undefined },
    { epoch: 1, rank: 0, index: index - 2, vote, command: undefined },
  ]
  const truncate = { epoch: 1, upTo: [index - 100] }
  return at > 0 && at % truncatedAfterFlushes === 0 ? { records, snapshot, truncate } : { records }
}

async function measureFlushes(
  name: string,
  store: Store,
  what: string,
  recordsEach: number,
  batch: (at: number) => WriteBatch,
): Promise<void> {
  let flushes = 0
  const step = () => write(store, batch(flushes++))
  for (let warmUp = 0; warmUp < 500; warmUp++) await step()
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const times: number[] = []
  while (performance.now() - begin < secondsEach * 1000) {
    const before = performance.now()
    await step()
    times.push(performance.now() - before)
  }
  const seconds = (performance.now() - begin) / 1000
  const used = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  console.log(
    `${name.padEnd(7)} ${what}: ${Math.round(times.length / seconds)} flushes/s, ` +
      `${Math.round((times.length * recordsEach) / seconds)} records/s, ` +
      `p50 ${times[times.length >> 1]!.toFixed(2)} ms, p99 ${times[Math.floor(times.length * 0.99)]!.toFixed(2)} ms, ` +
      `${Math.round((used.user + used.system) / times.length)} us of CPU a flush`,
  )
}

async function measureOpening(name: string, create: (first: boolean) => Store): Promise<void> {
  const filling = create(true)
  await open(filling)
  for (let first = 1; first <= recordsAtOpening; first += 5_000)
    await write(filling, { records: batchFrom(first, 5_000) })
  await close(filling)
  const begin = performance.now()
  const store = create(false)
  const { records } = await open(store)
  console.log(`${name.padEnd(7)} opening ${records.length} records: ${Math.round(performance.now() - begin)} ms`)
  await close(store)
}

const parent = mkdtempSync(join(tmpdir(), 'epaxos-bench-'))
const sqlite = (name: string) => createSqliteStore({ directory: join(parent, name), bootstrap })
const memory = () => createMemoryStore({ disk: createMemoryDisk(), clock: realClock, random, bootstrap })
for (const [name, create] of [
  ['SQLite', sqlite],
  ['memory', memory],
] as const) {
  for (const payloadBytes of [300, 9_000]) {
    const payload = bytes(payloadBytes)
    const what = `   3 votes and a command of ${payloadBytes} bytes a flush`
    const store = create(String(payloadBytes))
    await open(store)
    await measureFlushes(name, store, what, 3, at => flushUnderLoad(at, payload))
    await close(store)
  }
  for (const count of [1, 16, 256]) {
    const store = create(`records-${count}`)
    await open(store)
    await measureFlushes(name, store, `${String(count).padStart(4)} records a flush`, count, at => ({
      records: batchFrom(1 + at * count, count),
    }))
    await close(store)
  }
}
const directory = join(parent, 'opening')
await measureOpening('SQLite', first => createSqliteStore({ directory, ...(first && { bootstrap }) }))
const disk = createMemoryDisk()
await measureOpening('memory', first =>
  createMemoryStore({ disk, clock: realClock, random, ...(first && { bootstrap }) }),
)
rmSync(parent, { recursive: true, force: true })
