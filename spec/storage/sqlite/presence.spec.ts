import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import type { StoreError } from '../../../storage/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: its directory while it is open (input 14)', () => {
  let parent: string
  let directory: string
  beforeEach(() => {
    parent = temporaryDirectory()
    directory = join(parent, 'data')
  })
  afterEach(() => removeDirectory(parent))

  /** Opens a store, does something to its directory, and waits until the store says that it has failed. */
  async function failureAfter(harm: () => void): Promise<{ error: StoreError; tookMs: number }> {
    const store = createSqliteStore({ directory, bootstrap })
    const failed = new Promise<StoreError>(resolve => store.whenFailed!(resolve))
    await open(store)
    await write(store, { records: [record(0, 1, 'before')] })
    harm()
    const sinceMs = performance.now()
    const error = await failed
    const tookMs = performance.now() - sinceMs
    const refused = await errorOf(write(store, { records: [record(0, 2, 'after')] }))
    expect(refused.message, 'nothing is acknowledged any more').to.include('nothing was written')
    await close(store)
    return { error, tookMs }
  }

  const harms: readonly (readonly [what: string, harm: () => void, found: string])[] = [
    ['removed', () => rmSync(directory, { recursive: true }), 'is gone'],
    ['renamed', () => renameSync(directory, `${directory}.old`), 'is gone'],
    [
      'replaced by a copy of itself',
      () => {
        renameSync(directory, `${directory}.old`)
        cpSync(`${directory}.old`, directory, { recursive: true })
      },
      'is another file',
    ],
    ['robbed of its mark', () => rmSync(filesOf(directory).mark), 'is gone'],
  ]
  for (const [what, harm, found] of harms)
    it(`is noticed within seconds when it is ${what}, and said`, async () => {
      const { error, tookMs } = await failureAfter(harm)
      expect(error.code).to.equal('storeGone')
      expect(error.message).to.include(found).and.include(directory).and.include('To do: ')
      expect(error.message.match(/To do: /g)).to.have.length(1)
      expect(tookMs).to.be.below(5_000)
    })

  it('touches nothing in the directory that stands there instead', async () => {
    const { log, holder } = filesOf(directory)
    await failureAfter(() => {
      renameSync(directory, `${directory}.old`)
      cpSync(`${directory}.old`, directory, { recursive: true })
      writeFileSync(log, 'of another store')
    })
    expect([existsSync(log), existsSync(holder)]).to.eql([true, true])
  })

  it('is left alone while nothing happens to it', async () => {
    const store = createSqliteStore({ directory, bootstrap })
    let told: StoreError | undefined
    store.whenFailed!(error => {
      told = error
    })
    await open(store)
    await sleep(800)
    await write(store, { records: [record(0, 1, 'still')] })
    expect(told).to.equal(undefined)
    await close(store)
  })
})
