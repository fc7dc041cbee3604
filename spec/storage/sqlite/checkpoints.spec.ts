import { statSync } from 'node:fs'
import { expect } from 'chai'
import { createCheckpoints } from '../../../storage/sqlite/checkpoints.ts'
import type { Connection } from '../../../storage/sqlite/connection.ts'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { defaultSqliteLimits } from '../../../storage/sqlite/limits.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite checkpoints', () => {
  it('keep the log short while the database grows', async () => {
    const directory = temporaryDirectory()
    const files = filesOf(directory)
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    for (let index = 1; index <= 200; index++)
      await write(store, { records: [record(0, index, 'vote', 'x'.repeat(100_000))] })
    expect(statSync(files.log).size).to.be.below(10_000_000)
    expect(statSync(files.database).size).to.be.above(12_000_000)
    await close(store)
    removeDirectory(directory)
  })

  describe('that fail', () => {
    let error: Error | undefined
    const refused = async (): Promise<never> => {
      throw new Error('not asked for here')
    }
    const connection: Connection = {
      execute: async () => {
        if (error !== undefined) throw error
      },
      ...{ all: refused, prepare: refused, close: refused },
    }
    const checkpoint = (of: ReturnType<typeof createCheckpoints>) => new Promise(resolve => of.run(resolve))
    const fails = (code: string) => {
      error = Object.assign(new Error(code), { code })
      return error
    }

    it('say so, and are due again until one succeeds', async () => {
      const checkpoints = createCheckpoints(connection, defaultSqliteLimits)
      expect(checkpoints.isDueAfter(3_000_000)).to.equal(false)
      expect(checkpoints.isDueAfter(3_000_000)).to.equal(true)
      error = undefined
      expect(await checkpoint(checkpoints)).to.equal(null)
      expect(checkpoints.isDueAfter(1)).to.equal(false)
      checkpoints.isDueAfter(6_000_000)
      const io = fails('SQLITE_IOERR')
      expect(await checkpoint(checkpoints)).to.equal(io)
      expect(checkpoints.isDueAfter(1)).to.equal(true)
    })

    it('for want of room alone are no failure: the log holds everything', async () => {
      const checkpoints = createCheckpoints(connection, defaultSqliteLimits)
      checkpoints.isDueAfter(6_000_000)
      fails('SQLITE_FULL')
      expect(await checkpoint(checkpoints)).to.equal(null)
      expect(checkpoints.isDueAfter(1)).to.equal(true)
      error = undefined
      expect(await checkpoint(checkpoints)).to.equal(null)
      expect(checkpoints.isDueAfter(1)).to.equal(false)
    })
  })
})
