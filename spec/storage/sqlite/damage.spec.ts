import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { connect } from '../../../storage/sqlite/connection.ts'
import { filesOf, type StoreFiles } from '../../../storage/sqlite/files.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: what it notices at opening', () => {
  let directory: string
  let files: StoreFiles

  beforeEach(async () => {
    directory = temporaryDirectory()
    files = filesOf(directory)
    await fill(directory)
  })
  afterEach(() => removeDirectory(directory))

  async function fill(into: string): Promise<void> {
    const store = createSqliteStore({ directory: into, bootstrap })
    await open(store)
    const records = Array.from({ length: 500 }, (_, at) => record(0, at + 1, `a vote, ${at}`, `a command, ${at}`))
    await write(store, {
      records,
      snapshot: Buffer.from('the snapshot'),
      peers: [{ member: 3, storeIdentity: 'peer three' }],
    })
    await close(store)
  }

  const flipBitIn = (text: string) => {
    const bytes = readFileSync(files.database)
    const at = bytes.indexOf(text)
    expect(at, `${text} in the file`).to.be.greaterThan(0)
    bytes[at + 1] = bytes[at + 1]! ^ 0b100
    writeFileSync(files.database, bytes)
  }

  const execute = async (sql: string) => {
    const connection = await connect(files.database, false)
    await connection.execute(sql)
    await connection.close()
  }

  const expectDamage = async (...words: string[]) => {
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeDamaged')
    for (const word of words) expect(error.message).to.include(word)
  }

  for (const [what, text] of [
    ['the vote of instance 124 of rank 0 in epoch 1', 'a vote, 123'],
    ['the command of instance 124 of rank 0 in epoch 1', 'a command, 123'],
    ['the snapshot value', 'the snapshot'],
    ['the owner value', '"cluster"'],
    ['the peer 3 value', 'peer three'],
  ] as const) {
    it(`a flipped bit in ${what}`, async () => {
      flipBitIn(text)
      await expectDamage(files.database, what, 'checksum')
    })
  }

  it('a vote under the key of another', async () => {
    await execute(`UPDATE votes SET bytes = (SELECT bytes FROM votes ORDER BY key LIMIT 1)
      WHERE key = (SELECT key FROM votes ORDER BY key DESC LIMIT 1)`)
    await expectDamage('the vote of instance 500')
  })

  it('a command where a vote belongs', async () => {
    await execute(`UPDATE votes SET bytes = (SELECT bytes FROM commands WHERE commands.key = votes.key)
      WHERE key = (SELECT key FROM votes ORDER BY key LIMIT 1)`)
    await expectDamage('the vote of instance 1 ')
  })

  it('a command whose vote is gone', async () => {
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
    await write(store, { records: [record(0, 501, 'today')] })
    await close(store)
    copyFileSync(copy, files.database)
    await expectDamage('acknowledged writes are lost', 'flush 1,', 'flush 2 ')
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
    await execute('PRAGMA user_version = 3')
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeVersion')
    expect(error.message).to.include('schema version 3').and.include(files.database)
  })
})
