import { expect } from 'chai'
import { DurableTables, imageOf, newTables } from './support/durable-tables.ts'

/** The number of steps of a run. */
function countOf(run: Iterator<void>, between: () => void): number {
  let count = 1
  for (; run.next().done !== true; count++) between()
  return count
}

describe('the end of a checkpoint', () => {
  function filled(): DurableTables {
    const durable = new DurableTables(5_000)
    const text = durable.tables.text('text')
    for (let key = 0; key < 20_000; key++) text.set(`key ${key}`, 'v')
    return durable
  }

  it('that is given up goes in steps, and writes go on between them', () => {
    const durable = filled()
    const { tables } = durable
    const slices = tables.begin(1, 5_000)
    slices.slice(5_000)
    let key = 0
    const steps = countOf(tables.settling(false), () => {
      expect(tables.isUnderWay).to.equal(true)
      for (let more = 0; more < 500; more++) tables.system('text').setText(`key ${key++}`, `w ${key}`)
    })
    expect(steps).to.be.within(4, 12)
    expect(tables.isUnderWay).to.equal(false)
    const next = tables.begin(2, 5_000)
    const image = imageOf(tables)
    const segments = new Map<number, Uint8Array>()
    while (!next.isDone) for (const { info, bytes } of next.slice(10_000)) segments.set(info.id, bytes.slice())
    const other = newTables()
    const loader = other.load(next.live)
    while (!loader.isDone) {
      if (!loader.isBusy && loader.next !== undefined) loader.add(segments.get(loader.next.id)!)
      loader.step()
    }
    expect(imageOf(other)).to.deep.equal(image)
  })

  it('that is durable goes in steps too, where much was deleted', () => {
    const durable = filled()
    durable.whole()
    for (let key = 0; key < 15_000; key++) durable.tables.system('text').delete(`key ${key}`)
    const slices = durable.tables.begin(2, 5_000)
    while (!slices.isDone) slices.slice(100_000)
    const steps = countOf(durable.tables.settling(true), () => undefined)
    expect(steps).to.be.within(3, 12)
    expect(durable.tables.live, 'from the first step on').to.deep.equal(slices.live)
  })
})
