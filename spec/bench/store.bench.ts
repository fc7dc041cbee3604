import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryDisk } from '../../storage/memory/disk.ts'
import { createMemoryStore } from '../../storage/memory/store.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import type { RecordWrite, Store } from '../../storage/store.ts'
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

async function measureFlushes(name: string, store: Store, count: number): Promise<void> {
  let flushes = 0
  const step = async () => {
    await write(store, { records: batchFrom(1 + flushes * count, count) })
    flushes++
  }
  for (let warmUp = 0; warmUp < 30; warmUp++) await step()
  flushes = 30
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
    `${name.padEnd(7)} ${String(count).padStart(4)} records a flush: ${Math.round(times.length / seconds)} flushes/s, ` +
      `${Math.round((times.length * count) / seconds)} records/s, ` +
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
for (const count of [1, 16, 256]) {
  const sqlite = createSqliteStore({ directory: join(parent, String(count)), bootstrap })
  await open(sqlite)
  await measureFlushes('SQLite', sqlite, count)
  await close(sqlite)
}
for (const count of [1, 16, 256]) {
  const memory = createMemoryStore({ disk: createMemoryDisk(), clock: realClock, random, bootstrap })
  await open(memory)
  await measureFlushes('memory', memory, count)
  await close(memory)
}
const directory = join(parent, 'opening')
await measureOpening('SQLite', first => createSqliteStore({ directory, ...(first && { bootstrap }) }))
const disk = createMemoryDisk()
await measureOpening('memory', first =>
  createMemoryStore({ disk, clock: realClock, random, ...(first && { bootstrap }) }),
)
rmSync(parent, { recursive: true, force: true })
