import { expect } from 'chai'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'
import type { Store } from '../../../storage/store.ts'
import { stateStoreContract } from '../../contracts/state-store.ts'
import { type StorePlace, storeContract } from '../../contracts/store.ts'
import { bootstrap, close, open, record, write } from '../support/calls.ts'
import { countingRandom, realClock } from '../support/clock.ts'

const random = countingRandom()

function place(): StorePlace {
  const disk = createMemoryDisk()
  return {
    create: options => createMemoryStore({ disk, clock: realClock, random, ...options }),
    cleanUp: async () => {},
  }
}

storeContract('memory', place)
stateStoreContract('memory', place)

describe('memory disk', () => {
  let disk: MemoryDisk
  let store: Store

  beforeEach(async () => {
    disk = createMemoryDisk()
    store = createMemoryStore({ disk, clock: realClock, random, bootstrap })
    await open(store)
  })

  it('loses the write in flight at a crash, and nothing before it; the store falls silent', async () => {
    await write(store, { records: [record(0, 1, 'durable')] })
    let called = false
    store.write({ records: [record(0, 2, 'in flight')] }, () => {
      called = true
    })
    disk.crash()
    const next = createMemoryStore({ disk, clock: realClock, random })
    expect((await open(next)).records).to.deep.equal([record(0, 1, 'durable')])
    await write(next, { records: [record(0, 3, 'of the next life')] })
    expect(called).to.equal(false)
    await close(next)
  })

  it('takes as long for a write as it is told', async () => {
    const delays: number[] = []
    const clock = {
      ...realClock,
      setTimeout(callback: () => void, delayMs: number) {
        delays.push(delayMs)
        return setTimeout(callback, 0)
      },
    }
    await close(store)
    const slow = createMemoryStore({ disk, clock, random, writeDelayMs: 25 })
    await open(slow)
    await write(slow, { records: [] })
    expect(delays).to.deep.equal([0, 25])
    await close(slow)
  })
})
