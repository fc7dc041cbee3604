import { expect } from 'chai'
import { Latencies } from '../../../examples/bench/latencies.ts'
import type { LoadPlan } from '../../../examples/bench/load-plan.ts'
import { median, ratiosOf, rowsOf } from '../../../examples/bench/results.ts'
import type { LoadResult } from '../../../examples/bench/run-load.ts'
import type { Run } from '../../../examples/bench/suite.ts'
import { textReport } from '../../../examples/bench/text-report.ts'

const latenciesOf = (...ms: readonly number[]): Latencies => {
  const latencies = Latencies.empty()
  for (const each of ms) latencies.record(each)
  return latencies
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)

const result = (answered: number, latencies: Latencies, more: Partial<LoadResult> = {}): LoadResult => ({
  seconds: 2,
  answered,
  failures: {},
  latencies: latencies.encoded,
  served: Latencies.empty().encoded,
  clientCpuUs: answered * 5,
  serverCpuUs: answered * 50,
  serverWaitUs: answered * 20,
  clientBusy: 0.5,
  serverRssBytes: [100 * 2 ** 20, 120 * 2 ** 20, 110 * 2 ** 20],
  ...more,
})
const plan: LoadPlan = {
  pace: { kind: 'closed', inFlight: 64, pipelined: false },
  keys: { kind: 'own', keys: 1 },
  conflictShare: 0,
  readShare: 0,
  valueBytes: 64,
  warmUpMs: 1,
  measureMs: 2_000,
  seed: 1,
}
const run = (contender: string, round: number, of: LoadResult): Run => ({ contender, point: 0, round, result: of })

describe('bench: statistics', () => {
  it('percentiles of a known distribution, to three digits', () => {
    const latencies = latenciesOf(...upTo(1_000))
    expect(latencies.at(50)).to.be.closeTo(500, 0.5)
    expect(latencies.at(99)).to.be.closeTo(990, 1)
    expect(latencies.at(99.9)).to.be.closeTo(999, 1)
    expect(latencies.maxMs).to.be.closeTo(1_000, 1)
    expect(latenciesOf(0.25).at(50)).to.be.closeTo(0.25, 0.001)
  })

  it('come back from their encoding, and add up', () => {
    const some = Latencies.decode(latenciesOf(...upTo(100)).encoded)
    const all = Latencies.merged([some, latenciesOf(...upTo(100).map(each => each + 100))])
    expect(all.count).to.equal(200)
    expect(all.at(50)).to.be.closeTo(100, 0.2)
  })

  it('of nothing are 0', () => {
    expect(Latencies.empty().at(99)).to.equal(0)
  })

  it('medians', () => {
    expect(median([3, 1, 2])).to.equal(2)
    expect(median([4, 1, 3, 2])).to.equal(2.5)
    expect(median([])).to.be.NaN
  })

  it('a row is the median of each figure over the rounds', () => {
    const runs = [
      run('epaxos', 1, result(1_000, latenciesOf(5, 5, 5))),
      run('epaxos', 2, result(3_000, latenciesOf(1, 1, 1), { failures: { unknown: 2, overloaded: 1 } })),
      run('epaxos', 3, result(2_000, latenciesOf(9, 9, 9))),
    ]
    const [row, ...more] = rowsOf([plan], ['epaxos', 'etcd'], runs)
    expect(more).to.deep.equal([])
    expect(row!.medians).to.include({
      throughput: 1_000,
      serverUs: 50,
      waitUs: 20,
      clientUs: 5,
      rssMib: 120,
      failures: 3,
    })
    expect(row!.medians.p50).to.be.closeTo(5, 0.01)
    expect(row!.medians.servedP50).to.equal(undefined)
    expect(Latencies.decode(row!.latencies).count).to.equal(9)
  })

  it('a ratio is the median of the ratios of the rounds that both have', () => {
    const of = (answered: number, ms: number) => result(answered, latenciesOf(ms))
    const runs = [
      ...[run('epaxos', 1, of(2_000, 4)), run('etcd', 1, of(1_000, 8))],
      ...[run('epaxos', 2, of(9_000, 2)), run('etcd', 2, of(3_000, 8))],
      ...[run('epaxos', 3, of(4_000, 6)), run('etcd', 3, of(1_000, 6))],
      run('epaxos', 4, of(900_000, 1)),
    ]
    const [ratio] = ratiosOf([plan], ['epaxos', 'etcd'], runs)
    expect(ratio).to.include({ to: 'etcd', throughput: 3 })
    expect(ratio!.p50).to.be.closeTo(0.5, 0.01)
  })

  it('a table says what is not known', () => {
    const runs = [
      run(
        'epaxos',
        1,
        result(2_000, latenciesOf(5), { serverCpuUs: undefined, serverWaitUs: undefined, serverRssBytes: [] }),
      ),
    ]
    const text = textReport([plan], rowsOf([plan], ['epaxos'], runs), [], 'epaxos')
    expect(text.split('\n')[1]).to.match(/^epaxos +64 clients +0 +64 +1,000 +5\.00.* - +- +5\.0 +50 % +- +0$/)
  })
})
