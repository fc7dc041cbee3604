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

  it('needs a record to be damaged in', () => {
    expect(damagedDisk(createMemoryDisk(), createDraw('1'))).to.equal(undefined)
  })
})
