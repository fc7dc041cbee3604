import { expect } from 'chai'
import { SnapshotTable } from '../../../actors/tables/snapshot-table.ts'
import { TableError } from '../../../actors/tables/table-error.ts'
import { DurableTables, imageOf, newTables } from './support/durable-tables.ts'

function filled(): DurableTables {
  const durable = new DurableTables(500)
  const text = durable.tables.text('text', { ordered: true })
  for (let key = 0; key < 200; key++) text.set(`key ${key}`, 'v'.repeat(key))
  durable.whole()
  for (let key = 0; key < 50; key++) text.set(`key ${key}`, 'w')
  for (let key = 50; key < 60; key++) text.delete(`key ${key}`)
  durable.whole()
  return durable
}

describe('loading tables', () => {
  it('goes in steps, and ends with the order of the keys', () => {
    const durable = filled()
    const other = newTables()
    const text = other.text('text', { ordered: true })
    text.set('left over', '')
    const loader = other.load(durable.live)
    let stepsOfLast = 0
    for (let next = loader.next; next !== undefined; next = loader.next) {
      expect(loader.isDone).to.equal(false)
      loader.add(durable.disk.get(next.id)!)
      for (stepsOfLast = 1; loader.step(); stepsOfLast++);
    }
    expect(loader.isDone).to.equal(true)
    expect(stepsOfLast, 'the order is made in steps').to.be.above(100)
    expect(imageOf(other)).to.deep.equal(durable.image)
    expect([...text.keys({ from: 'key 6', to: 'key 7' })].slice(0, 3)).to.deep.equal(['key 6', 'key 60', 'key 61'])
  })

  it('goes on where the checkpoint ended: the next one writes only what changed since', () => {
    const durable = filled()
    const other = newTables()
    durable.loadInto(other)
    other.text('text').set('key 1', 'once more')
    const slices = other.begin(3, 1_000_000)
    const segments = slices.slice(1_000_000)
    const deltas = segments.filter(({ info }) => info.kind === 'delta')
    expect(deltas).to.have.length(1)
    expect(deltas[0]!.bytes.length, 'one record').to.be.below(100)
    const before = new Set(durable.live.map(({ id }) => id))
    for (const { info } of segments) expect(before.has(info.id), 'ids are new').to.equal(false)
  })

  it('keeps a table that the state machine does not make any more', () => {
    const durable = filled()
    const other = newTables()
    durable.loadInto(other)
    expect(other.digest(() => true)).to.equal(durable.tables.digest(() => true))
    expect(other.text('text').get('key 199')).to.equal('v'.repeat(199))
  })

  it('refuses bytes that are damaged, or another segment than expected', () => {
    const durable = filled()
    const [first, second] = durable.live.map(({ id }) => durable.disk.get(id)!)
    const load = (bytes: Uint8Array) => () => newTables().load(durable.live).add(bytes)
    for (const at of [0, 5, 9, 13, 20, 30, 40, first!.length - 1]) {
      const damaged = first!.slice()
      damaged[at]! ^= 0x10
      expect(load(damaged), `byte ${at}`).to.throw(TableError)
    }
    expect(load(first!.subarray(0, -1))).to.throw(TableError, 'bytes')
    expect(load(new Uint8Array(0))).to.throw(TableError)
    expect(load(second!)).to.throw(TableError, 'is expected, found')
    expect(load(first!)).not.to.throw()
  })
})

describe('a snapshot in a table', () => {
  it('is written chunk by chunk, only those that changed', () => {
    const durable = new DurableTables(10_000)
    const table = durable.tables.system('$state')
    const snapshots = new SnapshotTable(table)
    expect(snapshots.read()).to.equal(undefined)
    const bytes = new Uint8Array(200_000).map((_, at) => at % 251)
    for (const length of [0, 1, 65_536, 65_537, 200_000, 131_072, 0]) {
      snapshots.write(bytes.subarray(0, length))
      expect(snapshots.read()).to.deep.equal(bytes.slice(0, length))
    }
    snapshots.write(bytes)
    durable.whole()
    const before = new Set(durable.disk.keys())
    bytes[70_000]!++
    snapshots.write(bytes)
    durable.begin()
    while (!durable.slice(1_000));
    const deltas = durable.live.filter(({ id, kind }) => kind === 'delta' && !before.has(id))
    expect(deltas.reduce((sum, { size }) => sum + size, 0)).to.be.within(65_536, 66_000)
    expect(snapshots.read()).to.deep.equal(bytes)
  })
})
