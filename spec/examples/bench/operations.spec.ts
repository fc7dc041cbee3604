import { expect } from 'chai'
import type { LoadPlan } from '../../../examples/bench/load-plan.ts'
import { type Operation, operationsOf, sharedKey } from '../../../examples/bench/operations.ts'

const plan = (more: Partial<LoadPlan> = {}): LoadPlan => ({
  pace: { kind: 'closed', inFlight: 4, pipelined: false },
  keys: { kind: 'own', keys: 1 },
  conflictShare: 0,
  readShare: 0,
  valueBytes: 64,
  warmUpMs: 1,
  measureMs: 1,
  seed: 1,
  ...more,
})
const count = 20_000
const take = (of: LoadPlan): Operation[] => {
  const operations = operationsOf(of)
  return Array.from({ length: count }, (_, at) => operations.next(at % 4))
}
const share = (all: readonly Operation[], is: (operation: Operation) => boolean) => all.filter(is).length / all.length

describe('bench: operations', () => {
  it('own keys: no two clients touch the same', () => {
    const operations = operationsOf(plan({ keys: { kind: 'own', keys: 3 } }))
    const keysOf = (client: number) => new Set(Array.from({ length: 300 }, () => operations.next(client).key))
    const all = [0, 1, 2, 3].map(keysOf)
    expect(all.map(keys => keys.size)).to.deep.equal([3, 3, 3, 3])
    expect(new Set(all.flatMap(keys => [...keys])).size).to.equal(12)
  })

  it('puts values of the size asked for, not all alike', () => {
    const values = take(plan({ valueBytes: 100 })).map(({ value }) => value)
    expect(new Set(values.map(value => Buffer.byteLength(value)))).to.deep.equal(new Set([100]))
    expect(new Set(values).size).to.be.above(10)
  })

  it('puts on the shared key with the probability c, and reads never', () => {
    const all = take(plan({ conflictShare: 0.25, readShare: 0.4 }))
    const puts = all.filter(({ isRead }) => !isRead)
    expect(share(all, ({ isRead }) => isRead)).to.be.closeTo(0.4, 0.02)
    expect(share(puts, ({ key }) => key === sharedKey)).to.be.closeTo(0.25, 0.02)
    expect(all.some(({ isRead, key }) => isRead && key === sharedKey)).to.equal(false)
    expect(share(take(plan({ conflictShare: 1 })), ({ key }) => key === sharedKey)).to.equal(1)
  })

  it('is the same for the same seed', () => {
    const of = plan({ keys: { kind: 'zipf', keys: 1_000, exponent: 0.99 }, conflictShare: 0.5, readShare: 0.5 })
    expect(take(of)).to.deep.equal(take(of))
    expect(take(of)).not.to.deep.equal(take({ ...of, seed: 2 }))
  })
})
