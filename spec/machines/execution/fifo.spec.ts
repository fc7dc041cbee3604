import { expect } from 'chai'
import { Fifo } from '../../../machines/execution/fifo.ts'

describe('fifo', () => {
  it('gives back in order what was added, in between and beyond what it packs', () => {
    const queue = new Fifo<number>()
    expect(queue.take()).to.equal(undefined)
    let [added, taken] = [0, 0]
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 200; i++) queue.add(added++)
      for (let i = 0; i < 190; i++) expect(queue.take()).to.equal(taken++)
      expect(queue.size).to.equal(added - taken)
    }
    while (queue.size > 0) expect(queue.take()).to.equal(taken++)
    expect(taken).to.equal(added)
  })
})
