import { expect } from 'chai'
import { pointLabel } from '../../../examples/bench/points.ts'
import {
  type BenchFlags,
  listOf,
  parseInFlight,
  parseShare,
  plansOf,
  sizesOf,
} from '../../../examples/cli/bench-options.ts'

const flags = (more: Partial<BenchFlags> = {}): BenchFlags => ({
  valueBytes: [64],
  keys: 'own',
  zipfExponent: 0.99,
  conflicts: [0],
  readShare: 0,
  seconds: 5_000,
  warmUp: 1_000,
  rounds: 3,
  sessions: true,
  connections: 'shared',
  seed: 1,
  ...more,
})

describe('bench: options', () => {
  it('64 clients, unless told otherwise', () => {
    expect(plansOf(flags())).to.deep.equal([
      {
        pace: { kind: 'closed', inFlight: 64, pipelined: false },
        keys: { kind: 'own', keys: 1 },
        conflictShare: 0,
        readShare: 0,
        valueBytes: 64,
        warmUpMs: 1_000,
        measureMs: 5_000,
        seed: 1,
      },
    ])
  })

  it('every pace with every conflict share', () => {
    const plans = plansOf(flags({ clients: [1, 256], inFlight: [20_000], rate: [500], conflicts: [0, 0.25] }))
    expect(plans.map(({ pace, conflictShare }) => [pace.kind, conflictShare])).to.deep.equal([
      ...['closed', 'closed', 'closed', 'open'].map(kind => [kind, 0]),
      ...['closed', 'closed', 'closed', 'open'].map(kind => [kind, 0.25]),
    ])
  })

  it('and every size of a value, each once', () => {
    const plans = plansOf(flags({ clients: [1, 256], valueBytes: [64, 1_024, 64] }))
    expect(plans.map(pointLabel)).to.deep.equal([
      '1 client',
      '256 clients',
      '1 client, 1024 bytes',
      '256 clients, 1024 bytes',
    ])
  })

  it('a cluster of each size, of three unless told otherwise', () => {
    expect(sizesOf(flags())).to.deep.equal([3])
    expect(sizesOf(flags({ replicas: [5, 3, 5] }))).to.deep.equal([5, 3])
  })

  it('keys of each kind', () => {
    const keysOf = (more: Partial<BenchFlags>) => plansOf(flags(more))[0]!.keys
    expect(keysOf({ keys: 'uniform', keyCount: 7 })).to.deep.equal({ kind: 'uniform', keys: 7 })
    expect(keysOf({ keys: 'zipf' })).to.deep.equal({ kind: 'zipf', keys: 100_000, exponent: 0.99 })
  })

  it('refuses what contradicts itself, and says what', () => {
    const endpoints = ['ws://127.0.0.1:1']
    expect(() => plansOf(flags({ endpoints, vs: 'etcd' })))
      .to.throw('--vs')
      .with.property('code', 'usage')
    expect(() => plansOf(flags({ endpoints, replicas: [3] }))).to.throw('--replicas')
    expect(() => plansOf(flags({ replicas: [5, 3], vs: 'etcd' }))).to.throw(
      '--vs goes with one number of replicas, found 5, 3',
    )
    expect(() => plansOf(flags({ replicas: [5, 3], proposers: 4 }))).to.throw('the number of replicas, 3, found 4')
    expect(() => plansOf(flags({ replicas: [5, 3], cpuProf: 'x' }))).to.throw('--cpu-prof')
    expect(() => plansOf(flags({ endpoints, config: 'x' }))).to.throw('--config')
    expect(() => plansOf(flags({ endpoints, cpuProf: 'x' }))).to.throw('--cpu-prof')
    for (const more of [{ inFlight: [2] }, { rate: [2] }])
      expect(() => plansOf(flags({ ...more, connections: 'each' }))).to.throw('--connections each goes with --clients')
    expect(() => plansOf(flags({ vs: 'etcd', valueBytes: [64, 100_000] }))).to.throw('at most 50000 bytes')
  })

  it('reads lists and shares', () => {
    expect(listOf(parseInFlight)('1, 64,20000')).to.deep.equal([1, 64, 20_000])
    expect(() => listOf(parseInFlight)('1,,2')).to.throw('whole number')
    expect(() => listOf(parseInFlight)('20001')).to.throw('from 1 to 20000')
    expect(listOf(parseShare)('0,.25,1')).to.deep.equal([0, 0.25, 1])
    for (const wrong of ['', 'x', '-0.1', '1.01']) expect(() => parseShare(wrong), wrong).to.throw('from 0 to 1')
  })
})
