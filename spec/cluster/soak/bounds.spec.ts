import { expect } from 'chai'
import { objectToDisk, objectToFailures, objectToReady, objectToResident, objectToThroughput } from './bounds.ts'

describe('soak: bounds', () => {
  it('lets resident memory grow by a fifth', () => {
    expect(objectToResident(1, 100, 120)).to.eql([])
    expect(objectToResident(1, 100, 121)).to.eql([
      'replica 1 has 121 % of the resident memory that it had after the first tenth',
    ])
  })

  it('lets a disk fill up early and swing, and not grow on', () => {
    expect(objectToDisk(1, [5, 10, 12, 10, 12, 11])).to.eql([])
    expect(objectToDisk(1, [1, 2, 3, 4, 5, 6])).to.have.lengthOf(1)
    expect(objectToDisk(1, [10, 10, 10, 10, 10, 13])).to.have.lengthOf(1)
  })

  it('lets throughput fall to what is to be kept', () => {
    expect(objectToThroughput('late', 1_000, 900, 0.9)).to.eql([])
    expect(objectToThroughput('late', 1_000, 899, 0.9)).to.eql(['throughput late is 90 % of what it was'])
  })

  it('wants a replica ready soon, and every command answered', () => {
    expect([objectToReady(1, 2_999), objectToFailures(new Map())]).to.eql([[], []])
    expect(objectToReady(1, 3_000)).to.have.lengthOf(1)
    expect(objectToFailures(new Map([['unknown', 2]]))).to.eql(["2 commands ended with 'unknown'"])
  })
})
