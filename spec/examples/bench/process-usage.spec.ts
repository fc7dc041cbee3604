import { expect } from 'chai'
import { cpuUsOf, rssBytesOf, usageOf, usedBetween, waitUsOf } from '../../../examples/bench/process-usage.ts'

const stat = '4242 (a (bad) name) S 1 2 3 4 -1 4194560 100 0 0 0 250 75 0 0 20 0 11 0 12345 1000000 500'

describe('bench: what processes use', () => {
  it('reads utime and stime after a name of any kind', () => {
    expect(cpuUsOf(stat)).to.equal((250 + 75) * 10_000)
  })

  it('reads the time of waiting for a core', () => {
    expect(waitUsOf('575284200 3162993157 2736\n')).to.equal(3_162_993.157)
  })

  it('reads resident memory', () => {
    expect(rssBytesOf('VmHWM:\t 9 kB\nVmRSS:\t  2048 kB\n')).to.equal(2 ** 21)
  })

  it('of a process that is gone is not known, and so neither is the sum', () => {
    const gone = usageOf(2 ** 30)
    expect(gone).to.equal(undefined)
    const one = { cpuUs: 10, waitUs: 100, rssBytes: 1 }
    expect(usedBetween('cpuUs', [one, gone], [one, gone])).to.equal(undefined)
    expect(usedBetween('cpuUs', [], [])).to.equal(undefined)
    const later = [
      { ...one, cpuUs: 15 },
      { ...one, cpuUs: 12, waitUs: 130 },
    ]
    expect(usedBetween('cpuUs', [one, one], later)).to.equal(7)
    expect(usedBetween('waitUs', [one, one], later)).to.equal(30)
  })
})
