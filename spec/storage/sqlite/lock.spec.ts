import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { connect } from '../../../storage/sqlite/connection.ts'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open } from '../support/calls.ts'
import { type Child, startWriter } from '../support/child.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: one owner at a time', () => {
  let directory: string
  let child: Child | undefined

  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(async () => {
    await child?.kill()
    child = undefined
    removeDirectory(directory)
  })

  it('is refused while another process has it, by name, and free when that one is killed', async () => {
    child = startWriter(directory, 'bootstrap')
    await child.until(lines => lines.includes('open'))
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeLocked')
    expect(error.message).to.include(directory).and.include(`process ${child.pid}`)
    await child.kill()
    const store = createSqliteStore({ directory })
    await open(store)
    await close(store)
    expect(existsSync(filesOf(directory).holder)).to.equal(false)
  })

  it('is refused to a process while this one has it', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    child = startWriter(directory, 'hold')
    await child.until(lines => lines.includes('error storeLocked'))
    await close(store)
  })

  it('names this process when it is the owner', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    const error = await errorOf(open(createSqliteStore({ directory })))
    expect(error.code).to.equal('storeLocked')
    expect(error.message).to.include(`this process (${process.pid})`)
    await close(store)
  })

  it('is refused while a tool has the database itself open', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    await close(store)
    const tool = await connect(filesOf(directory).database, false)
    await tool.execute('BEGIN IMMEDIATE')
    expect(await errorOf(open(createSqliteStore({ directory })))).to.include({ code: 'storeLocked' })
    await tool.close()
    const next = createSqliteStore({ directory })
    await open(next)
    await close(next)
  })

  it('leaves nothing locked after an opening that failed', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    await close(store)
    expect(await errorOf(open(createSqliteStore({ directory, expect: { member: 9 } })))).to.include({
      code: 'storeForeign',
    })
    const next = createSqliteStore({ directory })
    await open(next)
    await close(next)
  })
})
