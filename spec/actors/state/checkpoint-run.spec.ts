import { expect } from 'chai'
import { TablesPart } from '../../../actors/state/checkpoint-run.ts'
import { newTables } from '../tables/support/durable-tables.ts'

const segmentBytesMax = 20_000
/** A segment may end a little later than asked for, at the end of a record. */
const wholeBytes = Math.ceil(segmentBytesMax * 1.125)

describe('tables in a checkpoint under way', () => {
  it('use the buffer of a segment again once it is in the store', () => {
    const tables = newTables()
    const values = tables.bytes('values')
    let keys: ReadonlyMap<number, number> = new Map()
    let lastKey = 0
    const buffers: ArrayBufferLike[] = []
    for (const number of [1, 2, 3]) {
      for (let at = 0; at < 100; at++) values.set(`key ${at}`, Buffer.alloc(1_000, number))
      const part = new TablesPart(tables, number, segmentBytesMax, keys)
      while (!part.isDone)
        for (const segment of part.slice(10_000)) {
          buffers.push(segment.bytes.buffer)
          part.stored(segment, ++lastKey)
        }
      expect(part.keysOf(part.live).every(key => key <= lastKey)).to.equal(true)
      keys = part.committed()
    }
    const whole = buffers.filter(({ byteLength }) => byteLength === wholeBytes)
    expect(whole.length).to.be.at.least(12)
    // A delta and a base may be under way together.
    expect(new Set(whole).size).to.be.at.most(2)
  })
})
