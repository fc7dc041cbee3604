import { expect } from 'chai'
import { createMemoryDisk } from '../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../storage/simulated/memory-store.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import type { Store } from '../../storage/store.ts'
import { bootstrap, close, errorOf, open } from './support/calls.ts'
import { countingRandom, realClock } from './support/clock.ts'
import { removeDirectory, temporaryDirectory } from './support/directory.ts'

const snapshot = Uint8Array.from({ length: 5_000 }, (_, at) => at & 255)

describe('a store that begins with a snapshot', () => {
  let directory: string
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => removeDirectory(directory))

  const disk = createMemoryDisk()
  const stores: readonly [string, (given?: Uint8Array) => Store][] = [
    [
      'in memory',
      given =>
        createMemoryStore({
          disk,
          clock: realClock,
          random: countingRandom(),
          bootstrap: given && { ...bootstrap, snapshot: given },
        }),
    ],
    ['on SQLite', given => createSqliteStore({ directory, bootstrap: given && { ...bootstrap, snapshot: given } })],
  ]
  for (const [name, create] of stores) {
    it(`${name}: it is there from the first opening on, and none is put over data`, async () => {
      const first = create(snapshot)
      const found = await open(first)
      expect(found.snapshot).to.eql(snapshot)
      expect(found.records).to.eql([])
      await close(first)
      const again = create()
      expect((await open(again)).snapshot).to.eql(snapshot)
      await close(again)
      expect(await errorOf(open(create(snapshot)))).to.have.property('code', 'storeNotEmpty')
    })
  }
})
