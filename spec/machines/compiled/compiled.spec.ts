import { expect } from 'chai'
import fc from 'fast-check'
import { type AnyStateMachine, assign, createActor, createMachine, raise, setup } from 'xstate'
import { createRandom } from '../../../examples/kv/workload/random.ts'
import { compiled } from '../../../machines/compiled/compiled.ts'
import { connectionMachine } from '../../../machines/connection/machine.ts'
import { commandEvents, messageEvents } from '../../../machines/instance/events.ts'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { linkMachine } from '../../../machines/link/machine.ts'
import { replicaMachine } from '../../../machines/replica/machine.ts'
import { anyChart } from './support/any-chart.ts'
import { Watched } from './support/watched.ts'

/** A node, as XState asks it what it does on an event. */
interface Hearing {
  next(snapshot: unknown, event: { type: string }): unknown
}

/** Sends the same to both, as long as they live. */
function same(machine: AnyStateMachine, events: readonly { type: string }[], input?: unknown): void {
  const [own, plain] = [new Watched(compiled(machine), input), new Watched(machine, input)]
  for (const event of events) {
    const [isLive] = [own.send(event), plain.send(event)]
    if (!isLive) break
  }
  expect(own.seen).to.eql(plain.seen)
}

/** Of a definition: parameters are made from messages, which are not there. */
function withoutParams(part: object): object {
  if (Array.isArray(part)) return part.map(each => (typeof each === 'object' ? withoutParams(each) : each))
  const kept = Object.entries(part).filter(([key]) => key !== 'params')
  return Object.fromEntries(
    kept.map(([key, value]) => [key, typeof value === 'object' && value !== null ? withoutParams(value) : value]),
  )
}

/** The instance's chart with guards that say anything, and actions that do nothing but be seen. */
function anyInstance(): AnyStateMachine {
  const { guards, actions } = instanceMachine.implementations
  const answer = (name: string) => (scope: { event: { n?: number }; context: { steps: number } }) =>
    (name.length * 7 + (scope.event.n ?? 0) * 13 + scope.context.steps * 5) % 3 === 0
  const raising = new Map<string, string>([
    ['proposeUnion', 'accept'],
    ['proposeStep', 'accept'],
    ['recoverBySelf', 'recover'],
  ])
  return createMachine(
    { ...withoutParams(instanceMachine.config), context: { steps: 0 } } as never,
    {
      guards: Object.fromEntries(Object.keys(guards).map(name => [name, answer(name)])),
      actions: Object.fromEntries(
        Object.keys(actions).map(name => {
          const type = raising.get(name)
          if (type !== undefined) return [name, raise({ type })]
          // Most of what changes the context does so once: that ends what needs no event.
          if (
            name.startsWith('commit') ||
            name.startsWith('count') ||
            name.startsWith('take') ||
            name.startsWith('note')
          )
            return [name, assign(({ context }) => ({ steps: context.steps + 1 }))]
          return [name, () => undefined]
        }),
      ),
    } as never,
  ) as AnyStateMachine
}

describe('compiled machines', () => {
  it('do what XState does: any chart, any events', () => {
    const anyEvent = fc.record({ type: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.nat(9) })
    fc.assert(
      fc.property(fc.nat(), fc.array(anyEvent, { maxLength: 12 }), (seed, events) => {
        const random = createRandom(seed)
        same(
          anyChart(below => Math.floor(random() * below)),
          events,
        )
      }),
      { numRuns: 1_500, seed: 1 },
    )
  })

  it('do what XState does: the chart of the instance, whatever its guards say', () => {
    const machine = anyInstance()
    const anyEvent = fc.record({ type: fc.constantFrom(...messageEvents, ...commandEvents), n: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), events => same(machine, events)),
      { numRuns: 1_000, seed: 1 },
    )
  })

  it('take all charts of this project', () => {
    for (const machine of [instanceMachine, replicaMachine, connectionMachine, linkMachine] as AnyStateMachine[])
      expect(() => compiled(machine)).not.to.throw()
  })

  it('raise, assign and act in order', () => {
    const machine = setup({
      types: { context: {} as { readonly said: string } },
      actions: {
        say: assign(({ context }, word: string) => ({ said: `${context.said} ${word}` })),
        ask: raise({ type: 'ask' }),
      },
    }).createMachine({
      context: { said: '' },
      type: 'parallel',
      states: {
        left: {
          on: {
            go: { actions: [{ type: 'say', params: 'left' }, 'ask'] },
            ask: { actions: { type: 'say', params: 'asked' } },
          },
        },
        right: { on: { go: { actions: { type: 'say', params: 'right' } } } },
      },
    })
    const actor = createActor(compiled(machine)).start()
    actor.send({ type: 'go' })
    expect(actor.getSnapshot().context.said).to.equal(' left right asked')
    same(machine, [{ type: 'go' }])
  })

  it('keep a snapshot that nothing has changed, and stop as others do', () => {
    const actor = createActor(compiled(connectionMachine), { input: { inFlightMax: 2 } }).start()
    const before = actor.getSnapshot()
    actor.send({ type: 'unheard of' } as never)
    expect(actor.getSnapshot()).to.equal(before)
    expect(before.matches('serving')).to.equal(true)
    expect(before.can({ type: 'drain' })).to.equal(true)
    actor.stop()
    expect(actor.getSnapshot().status).to.equal('stopped')
  })

  it('go on from a persisted snapshot', () => {
    const machine = compiled(connectionMachine)
    const first = createActor(machine, { input: { inFlightMax: 2 } }).start()
    first.send({ type: 'taken', count: 2 })
    const again = createActor(machine, { snapshot: first.getPersistedSnapshot(), input: { inFlightMax: 2 } }).start()
    again.send({ type: 'answered', count: 1 })
    expect([first.getSnapshot().value, again.getSnapshot().value]).to.eql(['saturated', 'serving'])
  })

  it('keep nothing of children that have ended', () => {
    const types: string[] = []
    const machine = replicaMachine.provide({ actions: { rebuild: () => undefined } })
    for (const node of [machine.root, ...Object.values(machine.root.states)] as unknown as Hearing[]) {
      const next = node.next.bind(node)
      node.next = (snapshot, event) => {
        types.push(event.type)
        return next(snapshot, event)
      }
    }
    const parent = createActor(compiled(machine)).start()
    for (let index = 0; index < 3; index++) {
      const child = createActor(
        createMachine({ initial: 'on', states: { on: { on: { end: 'off' } }, off: { type: 'final' } } }),
        {
          parent,
          id: `0.${index}`,
        },
      )
      child.start()
      child.send({ type: 'end' })
      expect(child.getSnapshot().status).to.equal('done')
    }
    expect(types.filter(type => type.startsWith('xstate.done'))).to.eql([])
  })

  it('hear of a child that failed', () => {
    const error = new Error('broken')
    const machine = replicaMachine.provide({ actions: { halt: () => undefined } })
    const parent = createActor(compiled(machine)).start()
    const child = createActor(
      createMachine({
        on: {
          go: {
            actions: () => {
              throw error
            },
          },
        },
      }),
      { parent, id: 'child' },
    ).start()
    child.send({ type: 'go' })
    expect(parent.getSnapshot().value).to.equal('failed')
    expect(parent.getSnapshot().context.error).to.equal(error)
  })

  it('pass on what a guard throws', () => {
    const error = new RangeError('broken')
    const machine = createMachine({
      on: {
        go: {
          guard: () => {
            throw error
          },
        },
      },
    })
    const actor = createActor(compiled(machine)).start()
    actor.subscribe({ error: () => undefined })
    actor.send({ type: 'go' })
    expect(actor.getSnapshot().status).to.equal('error')
    expect(actor.getSnapshot().error).to.equal(error)
  })

  const refused: readonly (readonly [what: string, config: object])[] = [
    ['exit actions', { exit: () => undefined }],
    ['an invocation', { invoke: { src: 'x' } }],
    ['exit actions', { after: { 10: '.a' }, initial: 'a', states: { a: {} } }],
    ['history', { initial: 'a', states: { a: {}, h: { type: 'history' } } }],
    ['an output', { output: 1, initial: 'a', states: { a: { type: 'final' } } }],
    ['a wildcard', { on: { '*': { actions: () => undefined } } }],
    ['no target', { always: { actions: () => undefined } }],
    ['entry actions at first', { initial: 'a', states: { a: { entry: () => undefined } } }],
    [
      'a final state that is not at the top',
      { initial: 'a', states: { a: { initial: 'b', states: { b: { type: 'final' } } } } },
    ],
    ['no guard is named x', { on: { go: { guard: 'x' } } }],
    ['no action is named x', { on: { go: { actions: 'x' } } }],
    ['is xstate.raise', { on: { go: { actions: raise({ type: 'b' }, { delay: 1 }) } } }],
  ]
  for (const [what, config] of refused)
    it(`refuse ${what}: ${Object.keys(config).join()}`, () => {
      expect(() => compiled(createMachine(config as never))).to.throw(TypeError, what)
    })
})
