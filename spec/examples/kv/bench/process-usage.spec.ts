import { expect } from 'chai'
import { cpuUsBetween, cpuUsOf, rssBytesOf, usageOf } from '../../../../examples/kv/bench/process-usage.ts'

const stat = '4242 (a (bad) name) S 1 2 3 4 -1 4194560 100 0 0 0 250 75 0 0 20 0 11 0 12345 1000000 500'

describe('bench: what processes use', () => {
  it('reads utime and stime after a name of any kind', () => {
    expect(cpuUsOf(stat)).to.equal((250 + 75) * 10_000)
  })

  it('reads resident memory', () => {
    expect(rssBytesOf('VmHWM:\t 9 kB\nVmRSS:\t  2048 kB\n')).to.equal(2 ** 21)
  })

  it('of a process that is gone is not known, and so neither is the sum', () => {
    const gone = usageOf(2 ** 30)
    expect(gone).to.equal(undefined)
    const one = { cpuUs: 10, rssBytes: 1 }
    expect(cpuUsBetween([one, gone], [one, gone])).to.equal(undefined)
    expect(cpuUsBetween([], [])).to.equal(undefined)
    expect(
      cpuUsBetween(
        [one, one],
        [
          { ...one, cpuUs: 15 },
          { ...one, cpuUs: 12 },
        ],
      ),
    ).to.equal(7)
  })
})
