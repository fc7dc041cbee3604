import { expect } from 'chai'
import fc from 'fast-check'
import { ExecutedSet } from '../../../machines/execution/executed-set.ts'
import {
  type Component,
  createExecutionGraph,
  type ExecutionGraph,
} from '../../../machines/execution/execution-graph.ts'
import { conflict, NOP } from '../../../machines/protocol/commands.ts'
import { keyOf } from '../../../machines/protocol/instance-id.ts'
import { type Decided, decided, histories, type Step } from './random-graphs.ts'
import { ReferenceExecutor } from './reference-executor.ts'

const label = (component: Component): string => component.map(({ id }) => `${id.rank}.${id.index}`).join(' ')
const labels = (components: readonly Component[]): string[] => components.map(label).sort()

function tell(graph: Pick<ExecutionGraph, 'learnt' | 'committed'>, step: Step): void {
  if (step.type === 'learnt') graph.learnt(step.instance.id, step.instance.footprint)
  if (step.type === 'committed') graph.committed(step.instance.id, step.instance.value, step.instance.deps)
}

/** Every pair of conflicting commands, in the order of execution. */
function conflictingPairs(all: readonly Decided[], order: readonly Component[]): string[] {
  const byKey = new Map(all.map(each => [keyOf(each.id), each]))
  const commands = order.flat().map(({ id }) => byKey.get(keyOf(id))!)
  return commands
    .filter(each => each.value !== NOP)
    .flatMap((a, at, rest) =>
      rest
        .slice(at + 1)
        .filter(b => conflict(a.footprint, b.footprint))
        .map(b => `${a.id.rank}.${a.id.index} < ${b.id.rank}.${b.id.index}`),
    )
    .sort()
}

function execute(n: number, steps: readonly Step[]): Component[] {
  const graph = createExecutionGraph({ n })
  const order: Component[] = []
  for (const step of steps) {
    if (step.type === 'take') order.push(...graph.takeReady(step.instancesMax))
    else tell(graph, step)
  }
  return [...order, ...graph.takeReady()]
}

describe('execution on random graphs', () => {
  for (const n of [1, 3, 5]) {
    for (const visible of [true, false]) {
      it(`n = ${n}${visible ? '' : ', conflicts without an edge'}: executes just what section 5 says, when it says`, () => {
        const runs = decided(n, 14, visible).chain(all => histories(all))
        fc.assert(
          fc.property(runs, steps => {
            const graph = createExecutionGraph({ n })
            const reference = new ReferenceExecutor()
            for (const step of steps) {
              if (step.type === 'take') {
                expect(labels(graph.takeReady())).to.deep.equal(labels(reference.takeReady()))
              } else {
                tell(graph, step)
                tell(reference, step)
              }
            }
            expect(labels(graph.takeReady())).to.deep.equal(labels(reference.takeReady()))
            for (const step of steps) {
              if (step.type === 'take') continue
              const { id } = step.instance
              expect(graph.executed.has(id)).to.equal(reference.isExecuted(id))
              expect(graph.blockers(id).length > 0).to.equal(!reference.isExecuted(id))
            }
          }),
          { numRuns: 600 },
        )
      })
    }

    it(`n = ${n}: conflicting commands are executed in one order, whatever becomes known first`, () => {
      const runs = decided(n, 16, true).chain(all => fc.tuple(fc.constant(all), histories(all), histories(all)))
      fc.assert(
        fc.property(runs, ([all, one, other]) => {
          const first = execute(n, one)
          const second = execute(n, other)
          expect(first.flat()).to.have.length(all.length)
          expect(labels(second)).to.deep.equal(labels(first))
          expect(conflictingPairs(all, second)).to.deep.equal(conflictingPairs(all, first))
        }),
        { numRuns: 300 },
      )
    })

    it(`n = ${n}: a restart between two components changes nothing (B25)`, () => {
      const runs = decided(n, 16, true).chain(all => fc.tuple(fc.constant(all), histories(all), fc.nat(15)))
      fc.assert(
        fc.property(runs, ([all, steps, at]) => {
          const whole = execute(n, steps)
          const before = whole.slice(0, at)
          const executed = new ExecutedSet(n)
          for (const { id } of before.flat()) executed.add(id)
          const restarted = createExecutionGraph({ n, executed: ExecutedSet.fromData(executed.toData()) })
          for (const step of steps) tell(restarted, step)
          const after = restarted.takeReady()
          expect(labels([...before, ...after])).to.deep.equal(labels(whole))
          expect(conflictingPairs(all, [...before, ...after])).to.deep.equal(conflictingPairs(all, whole))
        }),
        { numRuns: 300 },
      )
    })
  }

  it('equal calls give an equal order', () => {
    const runs = decided(3, 30, true).chain(all => histories(all))
    fc.assert(
      fc.property(runs, steps => {
        expect(execute(3, steps).map(label)).to.deep.equal(execute(3, steps).map(label))
      }),
    )
  })
})
