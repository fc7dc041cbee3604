import { join } from 'node:path'
import { expect } from 'chai'
import { connect } from '../../../storage/sqlite/connection.ts'
import { readPragma, setPragmas } from '../../../storage/sqlite/pragmas.ts'
import { errorOf } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite pragmas', () => {
  it('are set, on a file, and read back', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'some.db')
    const connection = await connect(file, true)
    await setPragmas(connection, file)
    expect(await readPragma(connection, 'journal_mode')).to.equal('wal')
    expect(await readPragma(connection, 'synchronous')).to.equal(2)
    expect(await readPragma(connection, 'locking_mode')).to.equal('exclusive')
    await connection.close()
    removeDirectory(directory)
  })

  it('are refused where they do not take: a database in memory has no log', async () => {
    const connection = await connect(':memory:', true)
    const error = await errorOf(setPragmas(connection, ':memory:'))
    expect(error).to.include({ code: 'storeFailed' })
    expect(error.message).to.include('PRAGMA journal_mode should be wal and is memory')
    await connection.close()
  })
})
