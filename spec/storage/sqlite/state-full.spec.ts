import { statSync } from 'node:fs'
import { expect } from 'chai'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { createSqliteStore, type SqliteStoreOptions } from '../../../storage/sqlite/store.ts'
import type { Store } from '../../../storage/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'
import { add, checkpointOf, commit, read, segment } from '../support/state-calls.ts'

const pageBytes = 65_536

describe('SQLite store: the room that its state takes', () => {
  let directory: string
  let store: Store
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(async () => {
    await close(store)
    removeDirectory(directory)
  })

  const openIt = (options: Partial<SqliteStoreOptions>) => {
    store = createSqliteStore({ directory, ...options })
    return open(store)
  }

  it('without room nothing of a write is there, votes go on, and the next write that fits is taken', async () => {
    const stateBytesMax = 12 * pageBytes
    await openIt({ bootstrap, stateBytesMax })
    const [kept] = await add(store.state, segment(1))
    await commit(store.state, checkpointOf(1, [kept!]))
    const big = segment(2, 10 * pageBytes)
    for (const time of ['first', 'second']) {
      const error = await errorOf(add(store.state, segment(3), big))
      expect(error.code, time).to.equal('storeFull')
      expect(error.message, time).to.include('the disk is full').and.include('state.db').and.include('To do: ')
      await write(store, { records: [record(0, 1, time)] })
    }
    const huge = { ...checkpointOf(2, [kept!]), head: big }
    expect(await errorOf(commit(store.state, huge))).to.include({ code: 'storeFull' })
    const [next] = await add(store.state, segment(4, 100_000))
    await commit(store.state, checkpointOf(2, [kept!, next!]))
    await close(store)
    expect((await openIt({ stateBytesMax })).checkpoint).to.deep.equal(checkpointOf(2, [kept!, next!]))
    expect(await read(store.state, next!)).to.deep.equal(segment(4, 100_000))
  })

  it('the file does not grow with the number of checkpoints: pages of removed segments are used again', async () => {
    await openIt({ bootstrap })
    const size = () => statSync(filesOf(directory).state).size
    const sizes: number[] = []
    for (let number = 1; number <= 30; number++) {
      const keys: number[] = []
      for (let at = 0; at < 5; at++) keys.push(...(await add(store.state, segment(at, 200_000 + number * 100))))
      await commit(store.state, checkpointOf(number, keys))
      // What is removed is removed before the next is read.
      await read(store.state, keys[0]!)
      sizes.push(size())
    }
    expect(sizes.at(-1)).to.be.at.most(sizes[3]!)
    expect(sizes.at(-1)).to.be.at.most(3 * 5 * 206_000 + 4 * pageBytes)
  })
})
