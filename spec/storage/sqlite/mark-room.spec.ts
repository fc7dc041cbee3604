import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { markCalls, readMark } from '../../../storage/sqlite/mark.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

const noRoom = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
/** Longer than the mark lags. */
const lagMs = 150

describe('SQLite store: no room for its mark', () => {
  const calls = { ...markCalls }
  let directory: string
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => {
    Object.assign(markCalls, calls)
    removeDirectory(directory)
  })

  for (const [what, full] of [
    [
      'a write',
      {
        writeSync: () => {
          throw noRoom()
        },
      },
    ],
    ['a sync', { fdatasync: (_: number, done: (error: Error) => void) => setImmediate(() => done(noRoom())) }],
  ] as const)
    it(`pauses the store at ${what}, as no room for the log does, and does not end it`, async () => {
      const store = createSqliteStore({ directory, bootstrap })
      await open(store)
      Object.assign(markCalls, full)
      await write(store, { records: [record(0, 1, 'written: the mark lags')] })
      await sleep(lagMs)
      if (what === 'a write') {
        const error = await errorOf(write(store, { records: [record(0, 2, 'refused')] }))
        expect(error.code).to.equal('storeFull')
        expect(error.message).to.include('replica.mark').and.include('the disk is full')
      }
      Object.assign(markCalls, calls)
      await write(store, { records: [record(0, 3, 'there is room again')] })
      await sleep(lagMs)
      const { flushes } = readMark(filesOf(directory).mark)!
      expect(flushes).to.equal(2)
      await close(store)
      const again = createSqliteStore({ directory })
      const { records } = await open(again)
      expect(records.map(({ index }) => index).sort()).to.eql([1, 3])
      await close(again)
    })

  it('closes for all that', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    Object.assign(markCalls, {
      writeSync: () => {
        throw noRoom()
      },
    })
    await write(store, { records: [record(0, 1, 'written')] })
    await sleep(lagMs)
    await close(store)
    Object.assign(markCalls, calls)
    const again = createSqliteStore({ directory })
    expect((await open(again)).records).to.have.length(1)
    await close(again)
  })
})
