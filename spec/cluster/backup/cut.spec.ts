import { expect } from 'chai'
import { type Increment, objectionsToState } from './cut.ts'

describe('the judge of a state at one point', () => {
  // Two clients: a counts on x and y in turn, b on z meanwhile.
  const increments: readonly Increment[] = [
    { key: 'x', sum: 1, start: 0, end: 10 },
    { key: 'y', sum: 1, start: 11, end: 20 },
    { key: 'z', sum: 1, start: 5, end: 25 },
    { key: 'x', sum: 2, start: 21, end: 30 },
    { key: 'y', sum: 2, start: 31, end: 40 },
    { key: 'z', sum: 2, start: 26, end: 45 },
  ]
  const judged = (x: number, y: number, z: number, start = 0, end = 100) =>
    objectionsToState(increments, new Map(Object.entries({ x, y, z })), { start, end }).join('; ')

  it('takes every state that there may have been', () => {
    for (const [x, y, z] of [
      [0, 0, 0],
      [0, 0, 1],
      [1, 0, 0],
      [1, 1, 0],
      [2, 1, 0],
      [2, 1, 2],
      [2, 2, 1],
      [2, 2, 2],
    ] as const)
      expect(judged(x, y, z), `${x} ${y} ${z}`).to.equal('')
    expect(objectionsToState(increments, new Map(), { start: 0, end: 100 })).to.eql([])
  })

  it('objects to what is there without what was before it', () => {
    expect(judged(0, 1, 0)).to.contain('y = 1 is in it, and x = 1 is not')
    expect(judged(1, 2, 1)).to.contain('y = 2 is in it, and x = 2 is not')
    // Of another client, and only in real time before it.
    expect(judged(2, 2, 0)).to.contain('y = 2 is in it, and z = 1 is not')
    expect(judged(1, 0, 2)).to.contain('z = 2 is in it, and y = 1 is not')
  })

  it('objects to a state of before it was asked for, or of after it was taken', () => {
    expect(judged(2, 1, 1, 35)).to.equal('')
    expect(judged(1, 1, 1, 35)).to.contain('x = 2 was acknowledged before it was asked for')
    expect(judged(2, 2, 2, 0, 32)).to.equal('')
    expect(judged(2, 2, 2, 0, 30)).to.contain('y = 2 began after it was taken')
  })
})
