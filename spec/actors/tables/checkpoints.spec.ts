import { expect } from 'chai'
import fc from 'fast-check'
import { slotOf } from '../../../actors/tables/raw-table.ts'
import { roomFor } from '../../../actors/tables/record.ts'
import { crowdedKeys, DurableTables, imageOf, newTables, rawOf, stateBytesOf } from './support/durable-tables.ts'

const anyName = fc.constantFrom('text', 'bytes')
const anyKey = fc.constantFrom(...crowdedKeys.slice(0, 12))
const anyStep = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ set: anyKey, table: anyName, length: fc.nat(60), byte: fc.integer({ min: 32, max: 126 }) }),
  },
  { weight: 10, arbitrary: fc.record({ remove: anyKey, table: anyName }) },
  { weight: 6, arbitrary: fc.record({ slice: fc.nat(500) }) },
  { weight: 3, arbitrary: fc.constant({ begin: true } as const) },
  { weight: 2, arbitrary: fc.constant({ whole: true } as const) },
  { weight: 1, arbitrary: fc.constant({ abandon: true } as const) },
  { weight: 1, arbitrary: fc.constant({ reload: true } as const) },
  { weight: 2, arbitrary: fc.constant({ check: true } as const) },
)

describe('checkpoints of tables', () => {
  it('hold the state of their point, whatever is written meanwhile: any history of writes, slices, failures and loads', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 400 }), fc.constantFrom(60, 200, 10_000), (steps, segmentBytesMax) => {
        const durable = new DurableTables(segmentBytesMax)
        const { tables } = durable
        const text = tables.text('text', { ordered: true })
        const bytes = tables.bytes('bytes')
        let model = { text: new Map<string, string>(), bytes: new Map<string, string>() }
        const plain = () => ({ text: Object.fromEntries(model.text), bytes: Object.fromEntries(model.bytes) })
        const check = () => {
          const other = newTables()
          durable.loadInto(other)
          const empty = durable.live.length === 0
          expect(empty ? {} : imageOf(other)).to.deep.equal(empty ? {} : durable.image)
        }
        for (const step of [...steps, { whole: true } as const, { check: true } as const]) {
          if ('set' in step) {
            const value = String.fromCharCode(step.byte).repeat(step.length)
            if (step.table === 'text') text.set(step.set, value)
            else bytes.set(step.set, Buffer.from(value))
            model[step.table as 'text'].set(step.set, value)
          } else if ('remove' in step) {
            const isThere = model[step.table as 'text'].delete(step.remove)
            expect((step.table === 'text' ? text : bytes).delete(step.remove)).to.equal(isThere)
          } else if ('slice' in step) {
            if (durable.isUnderWay) durable.slice(step.slice)
          } else if ('begin' in step) {
            if (!durable.isUnderWay) durable.begin()
          } else if ('whole' in step) durable.whole()
          else if ('abandon' in step) {
            if (durable.isUnderWay) durable.abandon()
          } else if ('reload' in step) {
            if (durable.isUnderWay) durable.abandon()
            durable.loadInto(tables)
            const { text = {}, bytes = {} } = durable.image
            model = { text: new Map(Object.entries(text)), bytes: new Map(Object.entries(bytes)) }
          } else check()
          expect([text.size, bytes.size]).to.deep.equal([model.text.size, model.bytes.size])
        }
        expect(imageOf(tables)).to.deep.equal(plain())
        expect([...text.keys()]).to.deep.equal([...model.text.keys()].sort())
        expect(digestOf(plain())).to.equal(tables.digest(() => true))
      }),
      { numRuns: 400 },
    )
  })

  it('that are given up leave nothing behind', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    text.set('a', 'gone')
    durable.begin()
    text.delete('a')
    durable.abandon()
    durable.whole()
    expect(durable.image).to.deep.equal({ text: {} })
    const other = newTables()
    durable.loadInto(other)
    expect(imageOf(other)).to.deep.equal(durable.image)
  })

  it('load records that died after the point as ones that stand', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    const [first, second, third] = crowdedKeys.filter(key => slotOf(key) === 500)
    for (const key of [first!, second!]) text.set(key, 'before')
    durable.begin()
    for (const key of [first!, second!]) text.set(key, 'after')
    durable.whole()
    const other = newTables()
    durable.loadInto(other)
    const loaded = other.text('text')
    for (let put = 0; put < 1_000; put++) loaded.set(third!, 'v'.repeat(put))
    expect([loaded.get(first!), loaded.get(second!)], 'after compactions').to.deep.equal(['before', 'before'])
    loaded.delete(first!)
    expect(loaded.get(second!)).to.equal('before')
  })

  it('write what changed, and of the rest as much again', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    for (let key = 0; key < 5_000; key++) text.set(`key ${key}`, 'v'.repeat(100))
    durable.whole()
    const state = stateBytesOf(durable.tables)
    let random = 1
    const next = (below: number) => {
      random = (random * 48_271) % 0x7fffffff
      return random % below
    }
    const changed = 250 * roomFor('key 4999', 100)
    let most = 0
    for (let round = 0; round < 200; round++) {
      for (let put = 0; put < 250; put++) text.set(`key ${next(5_000)}`, 'w'.repeat(100))
      const before = new Set(durable.disk.keys())
      durable.begin()
      let written = 0
      while (!durable.slice(5_000));
      for (const [id, bytes] of durable.disk) if (!before.has(id)) written += bytes.length
      expect(written, `round ${round}`).to.be.below(2.2 * changed + 10_000)
      most = Math.max(most, durable.diskBytes)
    }
    expect(most).to.be.below(2.5 * state)
    expect(durable.live.length).to.be.below(64 + (4 * state) / 10_000 + 100)
    const other = newTables()
    durable.loadInto(other)
    expect(other.digest(() => true)).to.equal(durable.tables.digest(() => true))
  })

  it('of one hot key stay small', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    for (let key = 0; key < 1_000; key++) text.set(`key ${key}`, 'v'.repeat(100))
    durable.whole()
    for (let round = 0; round < 500; round++) {
      text.set('hot', 'w'.repeat(5_000))
      durable.whole()
      expect(durable.diskBytes).to.be.below(3 * stateBytesOf(durable.tables) + 40_000)
    }
  })

  it('keep a slot in order whose keys change while it waits, and its memory in bounds', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    for (const key of crowdedKeys) text.set(key, 'v'.repeat(1_000))
    durable.begin()
    for (let put = 0; put < 10_000; put++) text.set(crowdedKeys[put % 3]!, 'w'.repeat(1_000))
    const memory = rawOf(durable.tables).flatMap(({ slots }) => slots.map(slot => slot?.bytes.length ?? 0))
    expect(memory.reduce((sum, each) => sum + each, 0)).to.be.below(4 * stateBytesOf(durable.tables))
    durable.whole()
    const other = newTables()
    durable.loadInto(other)
    expect(imageOf(other)).to.deep.equal(durable.image)
  })
})

describe('the memory of tables', () => {
  const memoryOf = ({ tables }: DurableTables): number => {
    const slots = rawOf(tables).flatMap(table => table.slots)
    return slots.reduce((sum, slot) => sum + (slot?.bytes.length ?? 0), 0)
  }

  it('is given back: keys that come and go, with checkpoints and without, and with ones that fail', () => {
    const durable = new DurableTables(10_000)
    const text = durable.tables.text('text')
    for (let round = 0; round < 20_000; round++) {
      const key = crowdedKeys[round % 2]!
      text.set(key, 'v'.repeat(100))
      text.delete(key)
    }
    expect(memoryOf(durable), 'without a checkpoint').to.be.below(20_000)
    for (let round = 0; round < 2_000; round++) {
      const key = `key ${round}`
      text.set(key, 'v'.repeat(1_000))
      if (round % 10 === 3) durable.begin()
      text.delete(key)
      if (round % 20 === 6) durable.whole()
      if (round % 20 === 16) durable.abandon()
    }
    durable.whole()
    // What is garbage in a slot goes when it is written to again.
    for (let round = 0; round < 20_000; round++) {
      text.set(`other ${round}`, '')
      text.delete(`other ${round}`)
      if (round % 1_000 === 999) durable.whole()
    }
    expect(memoryOf(durable), 'with checkpoints').to.be.below(400_000)
    expect(stateBytesOf(durable.tables)).to.equal(0)
  })
})

/** The digest of tables that hold the same, made in another way. */
function digestOf(image: { readonly text: object; readonly bytes: object }): string {
  const tables = newTables()
  const [text, bytes] = [tables.text('text'), tables.text('bytes')]
  for (const [key, value] of Object.entries(image.bytes).reverse()) bytes.set(key, value)
  for (const [key, value] of Object.entries(image.text).reverse()) text.set(key, value)
  return tables.digest(() => true)
}
