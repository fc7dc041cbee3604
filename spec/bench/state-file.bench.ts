/**
 * How long flushes of votes wait while a checkpoint of 30 MiB is written beside them, by the journal mode of the state
 * file:
 *
 *     npx tsx spec/bench/state-file.bench.ts [ROUNDS] [DIRECTORY]
 *
 * The modes take turns. In each turn a checkpoint is written in transactions of 1 MiB, committed, and the segments of the
 * one before are removed, while a journal of votes flushes up to 1,000 times a second.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { table } from '../../examples/cli/table.ts'
import { type Connection, connect } from '../../storage/sqlite/connection.ts'
import { addStatement, commitStatement, removeStatement, stateTables } from '../../storage/sqlite/state/schema.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import { bootstrap, close, open, record, write } from '../storage/support/calls.ts'

const rounds = Number(process.argv[2] ?? 5)
const parent = process.argv[3] ?? tmpdir()
const mib = 1024 * 1024
const segments = 30
const removedAtOnce = 8

interface Mode {
  readonly name: string
  readonly pragmas: string
  /** Run after each removal. */
  readonly after?: string
}

const common = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 65536; PRAGMA cache_size = 16;'
const modes: readonly (Mode | undefined)[] = [
  undefined,
  { name: 'TRUNCATE', pragmas: 'PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;' },
  { name: 'DELETE', pragmas: 'PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;' },
  { name: 'WAL', pragmas: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 64;' },
  {
    name: 'TRUNCATE, incremental vacuum',
    pragmas: 'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;',
    after: 'PRAGMA incremental_vacuum(128);',
  },
]

const names = (mode: Mode | undefined): string => mode?.name ?? 'no checkpoint'
const directory = mkdtempSync(join(parent, 'epaxos-state-file-'))
const votes = createSqliteStore({ directory: join(directory, 'votes'), bootstrap })
await open(votes)

/** Flushes votes until it is told to end. @returns how long each flush took */
async function flushVotes(isOver: () => boolean): Promise<number[]> {
  const took: number[] = []
  const began = performance.now()
  for (let at = 0; !isOver(); at++) {
    const now = performance.now()
    if (began + at > now) await sleep(began + at - now)
    const records = [0, 1, 2].map(rank =>
      record(rank, at + 1, 'v'.repeat(80), rank === 0 ? 'c'.repeat(100) : undefined),
    )
    const since = performance.now()
    await write(votes, { records, ...(at % 500 === 499 && { truncate: { epoch: 1, upTo: [at, at, at] } }) })
    took.push(performance.now() - since)
  }
  return took
}

const written = (): number => Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])

class StateFile {
  readonly path: string
  readonly #mode: Mode
  #connection!: Connection
  #last = 0
  #before: number[] = []

  constructor(mode: Mode) {
    this.#mode = mode
    this.path = join(directory, `${mode.name.replaceAll(/\W+/g, '-')}.db`)
  }
  async open(): Promise<void> {
    this.#connection = await connect(this.path, true)
    await this.#connection.execute(common + this.#mode.pragmas + stateTables)
  }
  async checkpoint(): Promise<void> {
    const keys: number[] = []
    for (let at = 0; at < segments; at++) {
      const bytes = Buffer.alloc(mib, ++this.#last & 255)
      await this.#connection.all(addStatement(1), this.#last, bytes)
      keys.push(this.#last)
    }
    await this.#connection.all(commitStatement, Buffer.alloc(2_000, 1))
    while (this.#before.length > 0) {
      await this.#connection.all(removeStatement, JSON.stringify(this.#before.splice(0, removedAtOnce)))
      if (this.#mode.after !== undefined) await this.#connection.execute(this.#mode.after)
    }
    this.#before = keys
  }
  get bytes(): number {
    return [this.path, `${this.path}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0)
  }
  close = (): Promise<void> => this.#connection.close()
}

const files = modes.map(mode => mode && new StateFile(mode))
for (const file of files) await file?.open()
const results = modes.map(() => ({ flushes: [] as number[], checkpointMs: [] as number[], written: [] as number[] }))
for (let round = 0; round < rounds; round++)
  for (const [at, file] of files.entries()) {
    const result = results[at]!
    let isOver = false
    const flushing = flushVotes(() => isOver)
    const since = performance.now()
    const before = written()
    await (file?.checkpoint() ?? sleep(1_000))
    // The first makes the file grow, and removes nothing.
    if (round > 0) {
      result.checkpointMs.push(performance.now() - since)
      result.written.push(written() - before)
    }
    isOver = true
    const took = await flushing
    if (round > 0) result.flushes.push(...took)
  }

const quantile = (values: readonly number[], part: number): string =>
  ([...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0).toFixed(2)
const rows = modes.map((mode, at) => {
  const { flushes, checkpointMs, written: bytes } = results[at]!
  const file = files[at]
  return [
    names(mode),
    ...[0.5, 0.99, 0.999, 1].map(part => quantile(flushes, part)),
    quantile(checkpointMs, 0.5),
    (Number(quantile(bytes, 0.5)) / mib).toFixed(0),
    file === undefined ? '' : (file.bytes / mib).toFixed(0),
  ]
})
console.log(
  table([['journal mode', 'flush p50 ms', 'p99', 'p99.9', 'max', 'checkpoint ms', 'MiB written', 'file MiB'], ...rows]),
)
for (const file of files) await file?.close()
await close(votes)
rmSync(directory, { recursive: true })
