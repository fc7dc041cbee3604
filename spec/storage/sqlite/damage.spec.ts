import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { connect } from '../../../storage/sqlite/connection.ts'
import { filesOf, type StoreFiles } from '../../../storage/sqlite/files.ts'
import { schemaVersion } from '../../../storage/sqlite/schema.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'
import { executeIn, flipBitIn } from '../support/harm.ts'

describe('SQLite store: what it notices at opening', () => {
  let directory: string
  let files: StoreFiles

  beforeEach(async () => {
    directory = temporaryDirectory()
    files = filesOf(directory)
    await fill(directory)
  })
  afterEach(() => removeDirectory(directory))

  /** Five flushes; in the journal, or all but the last folded into the tables. */
  async function fill(into: string, isFolded = false): Promise<void> {
    const limits = isFolded ? { journalBytesMax: 0, segmentBytes: 0 } : {}
    const store = createSqliteStore({ directory: into, bootstrap, limits })
    await open(store)
    const records = Array.from({ length: 500 }, (_, at) => record(0, at + 1, `a vote, ${at}`, `a command, ${at}`))
    await write(store, {
      records,
      snapshot: Buffer.from('the snapshot'),
      peers: [{ member: 3, storeIdentity: 'peer three', life: 1, token: 'a', tookPart: false }],
    })
    for (const index of [501, 502, 503]) await write(store, { records: [record(0, index, `alone, ${index}`)] })
    // What is found does not lean on it.
    await write(store, { records: [] })
    await close(store)
  }

  const refill = async () => {
    removeDirectory(directory)
    await fill(directory, true)
  }

  const flip = (text: string) => flipBitIn(files.database, text)
  const execute = (sql: string) => executeIn(files.database, sql, false)

  const expectDamage = async (...words: string[]) => {
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeDamaged')
    for (const word of words) expect(error.message).to.include(word)
  }

  for (const [what, text] of [
    ['flush 1 in the journal', 'a vote, 123'],
    ['flush 1 in the journal', 'a command, 123'],
    ['flush 3 in the journal', 'alone, 502'],
    ['the snapshot value', 'the snapshot'],
    ['the owner value', '"cluster"'],
    ['the peer 3 value', 'peer three'],
  ] as const) {
    it(`a flipped bit in ${what}, at "${text}"`, async () => {
      flip(text)
      await expectDamage(files.database, what, 'checksum')
    })
  }

  for (const [which, condition, ...words] of [
    ['the first', 'flush = 1', 'flush 1 in the journal', 'it is missing, and flush 2 is there'],
    ['one in the middle', 'flush = 3', 'flush 3 in the journal', 'it is missing, and flush 4 is there'],
    ['the last', 'flush = 5', 'acknowledged writes are lost', 'flush 4,', 'flush 5 '],
    ['all', 'TRUE', 'acknowledged writes are lost', 'flush 0,', 'flush 5 '],
  ] as const) {
    it(`a journal without ${which} of its rows`, async () => {
      await execute(`DELETE FROM journal WHERE ${condition}`)
      await expectDamage(files.database, ...words)
    })
  }

  it('a row of the journal under the number of another', async () => {
    await execute('UPDATE journal SET bytes = (SELECT bytes FROM journal WHERE flush = 3) WHERE flush = 2')
    await expectDamage('flush 2 in the journal', 'checksum')
  })

  it('a journal of another store', async () => {
    const other = temporaryDirectory()
    await fill(other)
    await execute(`ATTACH '${filesOf(other).database}' AS other; DELETE FROM journal;
      INSERT INTO journal SELECT * FROM other.journal`)
    removeDirectory(other)
    await expectDamage('flush 1 in the journal', 'checksum')
  })

  it('a row of the journal that was folded', async () => {
    await refill()
    await execute('UPDATE journal SET flush = 2')
    await expectDamage('the journal', 'flush 2 is there', 'those up to 4 were folded')
  })

  for (const [what, text] of [
    ['the vote of instance 124 of rank 0 in epoch 1', 'a vote, 123'],
    ['the command of instance 124 of rank 0 in epoch 1', 'a command, 123'],
  ] as const) {
    it(`a flipped bit in ${what}, folded`, async () => {
      await refill()
      flip(text)
      await expectDamage(files.database, what, 'checksum')
    })
  }

  it('a vote under the key of another', async () => {
    await refill()
    await execute(`UPDATE votes SET bytes = (SELECT bytes FROM votes ORDER BY key LIMIT 1)
      WHERE key = (SELECT key FROM votes ORDER BY key DESC LIMIT 1)`)
    await expectDamage('the vote of instance 503')
  })

  it('a command where a vote belongs', async () => {
    await refill()
    await execute(`UPDATE votes SET bytes = (SELECT bytes FROM commands WHERE commands.key = votes.key)
      WHERE key = (SELECT key FROM votes ORDER BY key LIMIT 1)`)
    await expectDamage('the vote of instance 1 ')
  })

  it('a command whose vote is gone', async () => {
    await refill()
    await execute('DELETE FROM votes WHERE key = (SELECT key FROM votes LIMIT 1)')
    await expectDamage('500 commands are stored, 499')
  })

  it('an owner that is gone', async () => {
    await execute("DELETE FROM singles WHERE name = 'owner'")
    await expectDamage('the owner value', 'missing')
  })

  it('a database file that was cut off, anywhere', async () => {
    const { size } = statSync(files.database)
    const copy = `${files.database}.copy`
    copyFileSync(files.database, copy)
    for (const left of [0, 1, 50, 100, 4096, Math.floor(size / 2), size - 4096, size - 1]) {
      copyFileSync(copy, files.database)
      truncateSync(files.database, left)
      await expectDamage(files.database)
    }
  })

  it('a database file that is none', async () => {
    writeFileSync(files.database, Buffer.alloc(100_000, 'no database '))
    await expectDamage(files.database)
  })

  it('a database of another program', async () => {
    rmSync(files.database)
    const connection = await connect(files.database, true)
    await connection.execute('CREATE TABLE something (else_ INTEGER)')
    await connection.close()
    await expectDamage(files.database, 'application id')
  })

  it('a database that is gone, and never bootstraps over what is left', async () => {
    rmSync(files.database)
    await expectDamage(files.database, 'is gone')
    expect(await errorOf(open(createSqliteStore({ directory, bootstrap })))).to.include({ code: 'storeDamaged' })
  })

  it('a database of an earlier day under the mark of today', async () => {
    const copy = `${files.database}.copy`
    copyFileSync(files.database, copy)
    const store = createSqliteStore({ directory })
    await open(store)
    await write(store, { records: [record(0, 504, 'today')] })
    await close(store)
    copyFileSync(copy, files.database)
    await expectDamage('acknowledged writes are lost', 'flush 5,', 'flush 6 ')
  })

  it('a mark that is gone, unreadable, or of another store', async () => {
    const mark = readFileSync(files.mark)
    rmSync(files.mark)
    await expectDamage(files.mark, 'is gone')
    writeFileSync(files.mark, Buffer.alloc(mark.length, 7))
    await expectDamage(files.mark, 'does not read back')
    const other = temporaryDirectory()
    await fill(other)
    copyFileSync(filesOf(other).mark, files.mark)
    removeDirectory(other)
    await expectDamage(files.mark, 'is the mark of store')
  })

  it('but a torn slot of the mark is no harm', async () => {
    const mark = readFileSync(files.mark)
    for (const offset of [0, 4096]) {
      const torn = Buffer.from(mark)
      torn.fill(255, offset + 40, offset + 50)
      writeFileSync(files.mark, torn)
      const store = createSqliteStore({ directory })
      await open(store)
      await close(store)
    }
  })

  it('a schema version that it does not know', async () => {
    await execute(`PRAGMA user_version = ${schemaVersion + 1}`)
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeVersion')
    expect(error.message)
      .to.include(`schema version ${schemaVersion + 1}`)
      .and.include(files.database)
  })
})
