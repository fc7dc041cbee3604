import { cpSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import sqlite3 from 'sqlite3'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/simulated/disk.ts'
import { connect } from '../../../storage/sqlite/connection.ts'
import { readContents } from '../../../storage/sqlite/contents.ts'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { createFolds } from '../../../storage/sqlite/fold.ts'
import type { SqliteLimits } from '../../../storage/sqlite/limits.ts'
import { foldStatement } from '../../../storage/sqlite/schema.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import type { Store, StoreContents, WriteBatch } from '../../../storage/store.ts'
import { bootstrap, close, errorOf, open, record, sorted, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

/** So small that every few flushes something is folded, and the log moves into the database. */
const tiny: SqliteLimits = {
  journalBytesMax: 600,
  segmentBytes: 150,
  logBytesMax: 100_000,
  deletedBytes: 4,
  deletedRecordsMax: 2,
}

/** Few ids, so that they are written, truncated and written again. */
const batches = fc.record(
  {
    records: fc.array(
      fc
        .tuple(
          fc.constantFrom(1, 2),
          fc.nat({ max: 2 }),
          fc.integer({ min: 1, max: 8 }),
          fc.string(),
          fc.option(fc.string(), { nil: undefined }),
        )
        .map(([epoch, rank, index, vote, command]) => ({ ...record(rank, index, vote, command), epoch })),
      { maxLength: 5 },
    ),
    snapshot: fc.uint8Array({ maxLength: 40 }),
    truncate: fc.record({
      epoch: fc.constantFrom(1, 2),
      upTo: fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 3 }),
    }),
    peers: fc.array(
      fc.record({
        member: fc.constantFrom(1, 3),
        storeIdentity: fc.string(),
        life: fc.nat(),
        token: fc.string(),
        tookPart: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    life: fc.record({ life: fc.nat(), token: fc.string(), isLetIn: fc.boolean() }),
  },
  { requiredKeys: ['records'] },
) as fc.Arbitrary<WriteBatch>

const comparable = ({ records, snapshot, peers, life }: StoreContents) => ({
  records: sorted(records).map(({ vote, command, ...id }) => ({
    ...id,
    vote: Buffer.from(vote).toString('hex'),
    command: command && Buffer.from(command).toString('hex'),
  })),
  snapshot: snapshot && Buffer.from(snapshot).toString('hex'),
  peers: [...peers].sort(([a], [b]) => a - b),
  life,
})

describe('SQLite store: the journal is folded', () => {
  let directory: string
  let store: Store
  let model: MemoryDisk

  async function begin(): Promise<void> {
    directory = temporaryDirectory()
    store = createSqliteStore({ directory, bootstrap, limits: tiny })
    model = createMemoryDisk()
    model.format((await open(store)).owner)
  }
  async function end(): Promise<void> {
    await close(store)
    removeDirectory(directory)
  }
  async function reopen(): Promise<StoreContents> {
    await close(store)
    store = createSqliteStore({ directory, limits: tiny })
    return open(store)
  }
  const count = async (table: string): Promise<number> => {
    await close(store)
    const connection = await connect(filesOf(directory).database, false)
    const [row] = await connection.all<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)
    await connection.close()
    return row!.count
  }

  it('whatever is written and truncated, the next opening finds what it would without', () =>
    fc.assert(
      fc
        .asyncProperty(
          fc.array(fc.oneof({ weight: 5, arbitrary: batches }, fc.constant('reopen' as const))),
          async steps => {
            for (const step of [...steps, 'reopen' as const]) {
              if (step === 'reopen') {
                expect(comparable(await reopen())).to.deep.equal(comparable(model.contents()!))
              } else {
                await write(store, step)
                model.apply(step)
              }
            }
          },
        )
        .beforeEach(begin)
        .afterEach(end),
      // A failure is made small for no longer than that, so that it is told.
      { numRuns: 60, interruptAfterTimeLimit: 40_000 },
    ))

  it('what lives goes into the tables', async () => {
    await begin()
    for (let index = 1; index <= 50; index++)
      await write(store, { records: [record(0, index, `vote ${index}`, 'x'.repeat(50))] })
    expect(await count('journal')).to.be.below(12)
    expect(await count('votes')).to.be.above(38)
    await end()
  })

  it('and what is truncated does not', async () => {
    await begin()
    for (let index = 1; index <= 50; index++)
      await write(store, {
        records: [record(0, index, `vote ${index}`, 'x'.repeat(50))],
        truncate: { epoch: 1, upTo: [index - 1] },
      })
    expect(await count('journal')).to.be.below(12)
    expect(await count('votes')).to.equal(0)
    await end()
  })

  it('what a truncation leaves in the tables goes a part after each flush, also after an opening in between', async () => {
    await begin()
    for (let index = 1; index <= 50; index++)
      await write(store, { records: [record(0, index, `vote ${index}`, 'x'.repeat(50))] })
    await write(store, { records: [], truncate: { epoch: 1, upTo: [50] } })
    const left = await count('votes')
    expect(left, 'not all at once').to.be.above(30)
    expect((await reopen()).records, 'dead, though it is there').to.deep.equal([])
    await write(store, { records: [record(0, 50, 'written again', 'later')] })
    for (let flush = 0; flush < left + 50; flush++)
      await write(store, {
        records: [record(1, flush, 'x'.repeat(50))],
        truncate: { epoch: 1, upTo: [0, Math.max(0, flush - 1)] },
      })
    expect(await count('commands'), 'the one that was written again').to.equal(1)
    const { records } = await reopen()
    expect(records.map(({ rank, index }) => `${rank}.${index}`)).to.deep.equal(['0.50', `1.${left + 49}`])
    await end()
  })

  it('a row that does not read back is not folded', async () => {
    await begin()
    for (const index of [1, 2]) await write(store, { records: [record(0, index, 'vote')] })
    await close(store)
    const file = filesOf(directory).database
    const connection = await connect(file, false)
    const limits = { ...tiny, journalBytesMax: 0, segmentBytes: 0 }
    const found = await readContents(connection, file, limits)
    await connection.execute('UPDATE journal SET bytes = zeroblob(length(bytes)) WHERE flush = 1')
    const statement = await connection.prepare(foldStatement)
    const folds = createFolds({ ...found, statement })
    const error = await errorOf(folds.run())
    expect(error.code).to.equal('storeDamaged')
    expect(error.message).to.include('flush 1 in the journal').and.include('checksum')
    await statement.finalize()
    await connection.close()
    expect(await count('journal')).to.equal(2)
    await end()
  })

  it('a process that ends between any two statements leaves all that was acknowledged', async () => {
    await begin()
    const copies: { readonly directory: string; readonly acknowledged: number }[] = []
    const states = [comparable(model.contents()!)]
    const restore = beforeEachStatement(() => {
      const copy = temporaryDirectory()
      cpSync(directory, copy, { recursive: true })
      copies.push({ directory: copy, acknowledged: states.length - 1 })
    })
    try {
      for (let index = 1; index <= 40; index++) {
        const batch: WriteBatch = {
          records: [record(index % 3, index, `vote ${index}`, 'x'.repeat(40)), record(0, index >> 1, `again ${index}`)],
          ...(index % 7 === 0 && {
            truncate: { epoch: 1, upTo: [index - 12, index - 6, index - 20].map(at => Math.max(0, at)) },
          }),
          ...(index % 5 === 0 && { snapshot: Buffer.from(`snapshot ${index}`) }),
        }
        await write(store, batch)
        model.apply(batch)
        states.push(comparable(model.contents()!))
      }
    } finally {
      restore()
    }
    // A flush each, and what was done between them.
    expect(copies.length).to.be.above(50)
    for (const { directory: copy, acknowledged } of copies) {
      const left = createSqliteStore({ directory: copy })
      const found = comparable(await open(left))
      await close(left)
      // What was under way may be there too: it was durable, and not yet said to be.
      expect([states[acknowledged], states[acknowledged + 1]]).to.deep.include(found)
      removeDirectory(copy)
    }
    await end()
  })
})

/** Runs something before every statement of this process. @returns what ends it */
function beforeEachStatement(run: () => void): () => void {
  const prototypes = [
    [sqlite3.Statement.prototype, 'run'],
    [sqlite3.Database.prototype, 'all'],
    [sqlite3.Database.prototype, 'exec'],
  ] as const
  const undo = prototypes.map(([prototype, name]) => {
    const methods = prototype as unknown as { [name: string]: (...args: unknown[]) => unknown }
    const original = methods[name]!
    methods[name] = function (...args) {
      run()
      return original.apply(this, args)
    }
    return () => {
      methods[name] = original
    }
  })
  return () => {
    for (const each of undo) each()
  }
}
