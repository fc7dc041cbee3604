import { expect } from 'chai'
import { type Pace, readSegments } from '../../../actors/state/read-segments.ts'
import type { TablesLoader } from '../../../actors/tables/tables-loader.ts'
import type { StoreError } from '../../../storage/store.ts'
import { DurableTables, imageOf, newTables } from '../tables/support/durable-tables.ts'

/** Reads what is on disk, and counts what was done at each wake-up. */
function reading(durable: DurableTables, pace: Pace) {
  const timers: (() => void)[] = []
  const reads: (() => void)[] = []
  const tables = newTables()
  tables.text('text', { ordered: true })
  const loader = tables.load(durable.live)
  const steps: number[] = []
  const counted = Object.create(loader, {
    step: { value: () => ++steps[steps.length - 1]! && loader.step() },
    add: { value: (bytes: Uint8Array) => ++steps[steps.length - 1]! && loader.add(bytes) },
    next: { get: () => loader.next },
    isBusy: { get: () => loader.isBusy },
    isDone: { get: () => loader.isDone },
    segments: { get: () => loader.segments },
  }) as TablesLoader
  const ended: (StoreError | null)[] = []
  readSegments(counted, {
    timers: {
      set(_, run) {
        timers.push(run)
        return { at: 0, cancelled: false }
      },
    },
    works: { during: (_, run) => run() },
    store: {
      read: (key, done) => {
        reads.push(() => done(null, durable.disk.get(key)!))
      },
    },
    keys: new Map(durable.live.map(({ id }) => [id, id])),
    pace,
    done: error => ended.push(error),
  })
  const run = () => {
    while (timers.length + reads.length > 0) {
      expect(reads.length, 'one is read ahead').to.be.at.most(1)
      for (const read of reads.splice(0)) read()
      for (const timer of timers.splice(0)) {
        steps.push(0)
        timer()
      }
    }
  }
  return { tables, steps, ended, run }
}

function filled(): DurableTables {
  const durable = new DurableTables(20_000)
  const text = durable.tables.text('text', { ordered: true })
  for (let key = 0; key < 5_000; key++) text.set(`key ${key}`, 'v'.repeat(key % 50))
  durable.whole()
  for (let key = 0; key < 500; key++) text.set(`key ${key}`, 'w')
  durable.whole()
  return durable
}

describe('reading the segments of a checkpoint', () => {
  for (const [pace, stepsMax] of [
    ['beside', 2],
    ['alone', 24],
  ] as const)
    it(`pauses, ${pace}: a wake-up does ${stepsMax} steps at most, the order of the keys too`, () => {
      const durable = filled()
      const { tables, steps, ended, run } = reading(durable, pace)
      run()
      expect(ended).to.deep.equal([null])
      expect(Math.max(...steps)).to.equal(stepsMax)
      expect(imageOf(tables)).to.deep.equal(durable.image)
    })

  it('ends when there is nothing to read', () => {
    const { ended, run } = reading(new DurableTables(100), 'alone')
    run()
    expect(ended).to.deep.equal([null])
  })

  it('ends once, with the segment that is damaged', () => {
    const durable = filled()
    const { id } = durable.live[2]!
    durable.disk.get(id)![100]! ^= 1
    const { ended, run } = reading(durable, 'beside')
    run()
    expect(ended.map(error => error?.code)).to.deep.equal(['storeDamaged'])
    expect(ended[0]!.message).to.match(/checksum/)
  })
})
