import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { readMark } from '../../../storage/sqlite/mark.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { until } from '../../contracts/transport.ts'
import { bootstrap, close, errorOf, open, write } from '../support/calls.ts'
import { type Child, lastWritten, startWriter } from '../support/child.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store after a crash', () => {
  let directory: string
  let child: Child | undefined

  beforeEach(async () => {
    directory = temporaryDirectory()
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    await close(store)
  })
  afterEach(async () => {
    await child?.kill()
    child = undefined
    removeDirectory(directory)
  })

  /**
   * A process writes, and is killed: in the midst of it, or after `records`. Returns the last record that it knew to be
   * durable.
   */
  const writeAndKill = async (records?: number): Promise<number> => {
    const marked = () => readMark(filesOf(directory).mark)!.flushes
    const before = marked()
    child = startWriter(directory, 'write', records === undefined ? {} : { records })
    await child.until(lines => lastWritten(lines) >= 60)
    // The mark follows a little later.
    if (records !== undefined) await until('all is marked', () => marked() >= before + records)
    await child.kill()
    return lastWritten(child.lines)
  }

  const expectAllUpTo = async (last: number) => {
    const store = createSqliteStore({ directory })
    const { records } = await open(store)
    expect(records.map(record => record.index).slice(0, last)).to.deep.equal(
      Array.from({ length: last }, (_, i) => i + 1),
    )
    await close(store)
  }

  it('has every acknowledged write after kill -9, more than once', async () => {
    await expectAllUpTo(await writeAndKill())
    await expectAllUpTo(await writeAndKill())
  })

  it('notices a log that was cut off, deleted, or has a flipped bit', async () => {
    // Few enough that the log holds them all and begins at none of an earlier round.
    await writeAndKill(60)
    const flip = (file: string) => {
      const bytes = readFileSync(file)
      const middle = Math.floor(bytes.length / 2)
      bytes[middle] = bytes[middle]! ^ 1
      writeFileSync(file, bytes)
    }
    const harms: { [name: string]: (log: string) => void } = {
      'cut off': log => truncateSync(log, readFileSync(log).length / 2),
      'cut off within the last frames': log => truncateSync(log, readFileSync(log).length - 3 * 4096),
      emptied: log => truncateSync(log, 0),
      deleted: log => rmSync(log),
      'with a flipped bit': flip,
    }
    for (const [name, harm] of Object.entries(harms)) {
      const copy = temporaryDirectory()
      cpSync(directory, copy, { recursive: true })
      harm(filesOf(copy).log)
      const error = await errorOf(open(createSqliteStore({ directory: copy })))
      expect(error.code, name).to.equal('storeDamaged')
      expect(error.message, name).to.include('acknowledged writes are lost').and.include(filesOf(copy).log)
      const again = await errorOf(open(createSqliteStore({ directory: copy })))
      expect(again.code, `${name}, at the next opening`).to.equal('storeDamaged')
      removeDirectory(copy)
    }
  })

  it('takes no further write after one that failed, and has what was acknowledged at the next opening', async () => {
    child = startWriter(directory, 'write', { fileBlocks: 1_000 })
    await child.until(lines => lines.filter(line => line.startsWith('error')).length === 2)
    expect(child.lines.filter(line => line.startsWith('error'))).to.deep.equal([
      'error storeFailed',
      'error storeFailed',
    ])
    await child.kill()
    await expectAllUpTo(lastWritten(child.lines))
    const store = createSqliteStore({ directory })
    await open(store)
    await write(store, { records: [] })
    await close(store)
  })
})
