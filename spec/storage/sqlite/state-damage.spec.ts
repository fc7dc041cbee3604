import { copyFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { filesOf, type StoreFiles } from '../../../storage/sqlite/files.ts'
import { stateVersion } from '../../../storage/sqlite/state/schema.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'
import { executeIn, flipBitIn } from '../support/harm.ts'
import { add, checkpointOf, commit, read, segment } from '../support/state-calls.ts'

const text = new TextEncoder()

describe('SQLite store: what it notices of its state', () => {
  let directory: string
  let files: StoreFiles

  beforeEach(async () => {
    directory = temporaryDirectory()
    files = filesOf(directory)
    await fill(directory)
  })
  afterEach(() => removeDirectory(directory))

  /** Checkpoint 2, of three segments with the keys 1 to 3, which records were deleted for. */
  async function fill(into: string): Promise<void> {
    const store = createSqliteStore({ directory: into, bootstrap })
    await open(store)
    await write(store, { records: [record(0, 1, 'vote')] })
    const keys = await add(store.state, text.encode(`the first segment ${'x'.repeat(500)}`), segment(2, 200_000))
    await commit(store.state, checkpointOf(1, keys))
    const more = await add(store.state, text.encode('the third segment'))
    await commit(store.state, checkpointOf(2, [...keys, ...more]))
    await write(store, { records: [], checkpoint: 2, truncate: { epoch: 1, upTo: [1, 1, 1] } })
    await close(store)
  }

  const flip = (found: string) => flipBitIn(files.state, found)
  const execute = (sql: string) => executeIn(files.state, sql, true)
  const expectRefusal = async (...words: string[]) => {
    for (const time of ['at once', 'and again']) {
      const error = await errorOf(open(createSqliteStore({ directory })))
      expect(error.code, time).to.equal('storeDamaged')
      for (const word of [...words, 'To do: ']) expect(error.message, time).to.include(word)
    }
  }
  const expectUnreadable = async (key: number, ...words: string[]) => {
    const store = createSqliteStore({ directory })
    const { checkpoint } = await open(store)
    expect(checkpoint?.segments).to.include(key)
    const error = await errorOf(read(store.state, key))
    expect(error.code).to.equal('storeDamaged')
    for (const word of [files.state, `segment ${key}`, ...words, 'To do: ']) expect(error.message).to.include(word)
    await close(store)
  }

  it('a file that is gone', async () => {
    rmSync(files.state)
    await expectRefusal(files.state, 'is gone', 'checkpoint 2')
    rmSync(files.state, { force: true })
    await expectRefusal(files.state, 'is gone', 'checkpoint 2')
  })

  it('a file that was cut off, anywhere', async () => {
    const { size } = statSync(files.state)
    const copy = `${files.state}.copy`
    copyFileSync(files.state, copy)
    for (const left of [0, 1, 100, 65_536, Math.floor(size / 2), size - 65_536, size - 1]) {
      copyFileSync(copy, files.state)
      truncateSync(files.state, left)
      await expectRefusal(files.state)
    }
  })

  it('a file that is no database, or that of another program', async () => {
    writeFileSync(files.state, Buffer.alloc(200_000, 'no database '))
    await expectRefusal(files.state)
    rmSync(files.state)
    await execute('CREATE TABLE something (else_ INTEGER)')
    await expectRefusal(files.state, 'application id')
  })

  it('a version that it does not know', async () => {
    await execute(`PRAGMA user_version = ${stateVersion + 1}`)
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeVersion')
    expect(error.message)
      .to.include(files.state)
      .and.include(`${stateVersion + 1}`)
  })

  it('a flipped bit in a segment, when it is read', async () => {
    flip('the first segment')
    await expectUnreadable(1, 'checksum')
  })

  it('a segment under the key of another, when it is read', async () => {
    await execute('UPDATE segments SET bytes = (SELECT bytes FROM segments WHERE key = 1) WHERE key = 3')
    await expectUnreadable(3, 'checksum')
  })

  it('a segment that is missing', async () => {
    await execute('DELETE FROM segments WHERE key = 2')
    await expectRefusal(files.state, 'segment 2 of the checkpoint', 'missing')
  })

  it('a flipped bit in the checkpoint', async () => {
    flip('the head of checkpoint 2')
    await expectRefusal(files.state, 'the checkpoint', 'checksum')
  })

  it('a checkpoint that is gone', async () => {
    await execute('DELETE FROM checkpoints')
    await expectRefusal(files.state, 'stands at checkpoint 0', 'checkpoint 2')
  })

  it('the state of another store', async () => {
    const other = temporaryDirectory()
    await fill(other)
    copyFileSync(filesOf(other).state, files.state)
    removeDirectory(other)
    await expectRefusal(files.state, 'the checkpoint', 'checksum')
  })

  it('a state of an earlier day beside the votes of today', async () => {
    const copy = `${files.state}.copy`
    copyFileSync(files.state, copy)
    const store = createSqliteStore({ directory })
    await open(store)
    await commit(store.state, checkpointOf(3, []))
    await write(store, { records: [], checkpoint: 3 })
    await close(store)
    copyFileSync(copy, files.state)
    await expectRefusal(files.state, 'stands at checkpoint 2', 'checkpoint 3', 'of an earlier day')
  })

  it('votes of an earlier day beside the state of today', async () => {
    for (const file of [files.database, files.mark]) copyFileSync(file, `${file}.copy`)
    const store = createSqliteStore({ directory })
    await open(store)
    await write(store, { records: [record(0, 2, 'vote')] })
    await commit(store.state, checkpointOf(3, []))
    await close(store)
    for (const file of [files.database, files.mark]) copyFileSync(`${file}.copy`, file)
    await expectRefusal(files.database, 'ends at flush 2', 'written after flush 3', 'acknowledged writes are lost')
  })

  it('but no checkpoint that nobody relied on: its records are still there', async () => {
    const fresh = temporaryDirectory()
    const store = createSqliteStore({ directory: fresh, bootstrap })
    await open(store)
    await write(store, { records: [record(0, 1, 'vote')] })
    await close(store)
    rmSync(filesOf(fresh).state)
    const again = createSqliteStore({ directory: fresh })
    expect(await open(again)).to.deep.include({ records: [record(0, 1, 'vote')], checkpoint: undefined })
    await close(again)
    removeDirectory(fresh)
  })

  it('a state that is left alone: nothing is begun over it', async () => {
    for (const file of [files.database, files.log, files.mark]) rmSync(file, { force: true })
    const error = await errorOf(open(createSqliteStore({ directory, bootstrap })))
    expect(error).to.include({ code: 'storeDamaged' })
  })
})
