import { expect } from 'chai'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { readRecord } from '../../../storage/sqlite/contents.ts'
import { StoreError } from '../../../storage/store.ts'
import { damagedDisk, sealedRow } from './damaged-disk.ts'
import { createDraw } from './random.ts'

const record = (index: number, command?: Uint8Array) => ({
  epoch: 1,
  rank: 2,
  index,
  vote: new Uint8Array([1, 2, 3, index]),
  command,
})
const records = [record(1), record(2, new Uint8Array([9, 8, 7])), record(3, new Uint8Array(200))]

function filledDisk() {
  const disk = createMemoryDisk()
  disk.format({ cluster: 'c', member: 1, members: [1, 2, 3], epoch: 1, storeIdentity: 'disk 1' })
  disk.apply({ records })
  return disk
}

describe('simulation: a damaged disk', () => {
  it('has its records as the database has them: without a flipped bit they read as they were written', () => {
    for (const each of records) expect(readRecord(sealedRow(each), 'disk')).to.deep.equal(each)
  })

  it('is found at every reading, whichever bit it is; the disk itself stays as it is', () => {
    const disk = filledDisk()
    for (let seed = 0; seed < 500; seed++) {
      const damaged = damagedDisk(disk, createDraw(`${seed}`))!
      for (let reading = 0; reading < 2; reading++)
        expect(() => damaged.contents(), `seed ${seed}`)
          .to.throw(StoreError, 'does not read back as it was written')
          .with.property('code', 'storeDamaged')
    }
    expect(disk.contents()!.records).to.deep.equal(records)
  })

  it('or a segment of its state, found when it is read, and no other', () => {
    const disk = filledDisk()
    disk.apply({ records: [], truncate: { epoch: 1, upTo: [9, 9, 9] } })
    for (const key of [4, 5]) disk.segments.set(key, new Uint8Array(50).fill(key))
    disk.commit({ number: 1, head: new Uint8Array(), segments: [4, 5] })
    const found = new Set<number>()
    for (let seed = 0; seed < 200; seed++) {
      const damaged = damagedDisk(disk, createDraw(`${seed}`))!
      expect(damaged.contents()).to.deep.equal(disk.contents())
      const wrong = [4, 5].filter(key => {
        try {
          return damaged.segments.get(key) === undefined
        } catch (error) {
          expect(error).to.be.instanceOf(StoreError).and.to.include({ code: 'storeDamaged' })
          return true
        }
      })
      expect(wrong, `seed ${seed}`).to.have.length(1)
      found.add(wrong[0]!)
    }
    expect(found).to.deep.equal(new Set([4, 5]))
    expect(disk.segments.get(4)).to.deep.equal(new Uint8Array(50).fill(4))
  })

  it('needs a record or a segment to be damaged in', () => {
    expect(damagedDisk(createMemoryDisk(), createDraw('1'))).to.equal(undefined)
  })
})
