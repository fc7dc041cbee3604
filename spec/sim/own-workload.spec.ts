import { expect } from 'chai'
import type { StateMachine } from '../../actors/shared/state-machine.ts'
import { type Draw, drawPlan, type Operation, type Plan, runSeed, type Workload } from './index.ts'

type Add = readonly ['add', number]

/** A sum that all commands change, so that all of them conflict. */
function sumWorkload(judge: Workload<Add, number>['judge']): Workload<Add, number> {
  return {
    stateMachine(): StateMachine<Add, number> {
      let sum = 0
      return {
        footprint: () => ({ reads: [], writes: ['sum'] }),
        apply: ([, by]) => {
          sum += by
          return sum
        },
        snapshot: () => new TextEncoder().encode(String(sum)),
        restore: bytes => {
          sum = Number(new TextDecoder().decode(bytes))
        },
      }
    },
    nextCommand: draw => ['add', draw.whole(1, 9)],
    ...(judge === undefined ? {} : { judge }),
  }
}

/** Answers are sums: no two alike, and each at least as large as what it added. */
function judgeSums(history: readonly Operation<Add, number>[]) {
  const sums = history.flatMap(({ result }) => (result === undefined ? [] : [result]))
  return new Set(sums).size === sums.length ? undefined : { what: 'two commands saw the same sum', about: ['sum'] }
}

describe('simulation of an own state machine', () => {
  it('runs it under all faults, and judges its history', () => {
    for (const seed of [1, 2, 3]) {
      const { violation, counts } = runSeed(seed, { workload: sumWorkload(judgeSums) })
      expect(violation?.message).to.equal(undefined)
      expect(counts.answered).to.be.above(20)
    }
  })

  it('reports what the judge finds', () => {
    const wrong = () => ({ what: 'as it was asked to', about: [] })
    expect(runSeed(1, { workload: sumWorkload(wrong) }).violation?.message).to.contain('as it was asked to')
  })

  it('tells what a judge throws', () => {
    const broken = () => {
      throw new RangeError('of my own making')
    }
    const { violation } = runSeed(1, { workload: sumWorkload(broken) })
    expect(violation).to.include({ property: 'judge', message: 'judge: it threw RangeError: of my own making' })
    expect(violation?.cause).to.be.instanceOf(RangeError)
  })

  it('tells what a state machine throws, where', () => {
    const workload = sumWorkload(undefined)
    const throwing: Workload<Add, number> = {
      ...workload,
      stateMachine: () => ({
        ...workload.stateMachine(),
        apply() {
          throw new Error('boom')
        },
      }),
    }
    const { violation } = runSeed(1, { workload: throwing })
    expect(violation?.message).to.match(/^invariant: apply of the state machine failed at replica [A-G]: Error: boom$/)
    expect(runSeed(1, { workload: { ...throwing, mayFail: true } }).violation?.message).to.equal(undefined)
  })

  it('finds one that is not deterministic', () => {
    let calls = 0
    const workload = sumWorkload(undefined)
    const drifting: Workload<Add, number> = {
      ...workload,
      stateMachine: () => {
        const machine = workload.stateMachine()
        return { ...machine, apply: ([add, by]) => machine.apply([add, by + (++calls % 7 === 0 ? 1 : 0)]) }
      },
    }
    // In some worlds the healed replicas happen to have drifted alike.
    const found = [1, 2, 3, 4].map(seed => runSeed(seed, { workload: drifting }).violation?.property)
    expect(found).to.include('equal states')
  })

  it('finds it while the world lives when states are compared: who differs stops', () => {
    const workload = sumWorkload(undefined)
    let machines = 0
    const drifting: Workload<Add, number> = {
      ...workload,
      stateMachine: () => {
        const machine = workload.stateMachine()
        const isOff = ++machines === 1
        return { ...machine, apply: ([add, by]) => machine.apply([add, isOff ? by + 1 : by]) }
      },
    }
    const often = (draw: Draw): Plan => {
      const plan = drawPlan(draw)
      return { ...plan, limits: { ...plan.limits, digestIntervalMs: 200 } }
    }
    // Where the first process dies early its state goes with it.
    const found = [3, 4, 5, 6].map(seed => {
      machines = 0
      return runSeed(seed, { workload: drifting, plan: often }).violation?.message ?? ''
    })
    const stopped = /^invariant: .*replica [A-G] stopped: the replicas have different states at/
    expect(found.filter(message => stopped.test(message)).length, found.join('\n')).to.be.above(0)
  })
})
