import { expect } from 'chai'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open, record, sorted, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: when it is full', () => {
  it('writes nothing of a batch that does not fit, and takes the next that does', async () => {
    const directory = temporaryDirectory()
    const store = createSqliteStore({ directory, bootstrap, databaseBytesMax: 200_000 })
    await open(store)
    await write(store, { records: [record(0, 1, 'before')] })
    const tooMuch = { records: [record(0, 1, 'half'), record(0, 2, 'big', 'x'.repeat(400_000))] }
    for (const time of ['first', 'second']) {
      const error = await errorOf(write(store, tooMuch))
      expect(error.code, time).to.equal('storeFull')
      expect(error.message, time).to.include('the disk is full')
    }
    await write(store, { records: [record(0, 3, 'after')] })
    await close(store)
    const again = createSqliteStore({ directory })
    const { records } = await open(again)
    expect(sorted(records)).to.deep.equal([record(0, 1, 'before'), record(0, 3, 'after')])
    await close(again)
    removeDirectory(directory)
  })
})
