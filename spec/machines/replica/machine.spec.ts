import { expect } from 'chai'
import { createActor, createMachine } from 'xstate'
import { type ReplicaEvent, type ReplicaState, replicaMachine } from '../../../machines/replica/machine.ts'

const opened: ReplicaEvent = { type: 'opened' }
const rebuilt: ReplicaEvent = { type: 'rebuilt' }
const loaded: ReplicaEvent = { type: 'loaded' }
const frame: ReplicaEvent = { type: 'frame', from: 1, messages: [] }
const drain: ReplicaEvent = { type: 'drain' }
const drained: ReplicaEvent = { type: 'drained' }
const stop: ReplicaEvent = { type: 'stop' }
const fail = (why: string): ReplicaEvent => ({ type: 'fail', error: new Error(why) })

function played(...history: readonly ReplicaEvent[]) {
  const effects: string[] = []
  const note = (effect: string) => () => {
    effects.push(effect)
  }
  const names = ['rebuild', 'beginVoting', 'route', 'beginDraining', 'halt'] as const
  const actor = createActor(
    replicaMachine.provide({ actions: Object.fromEntries(names.map(name => [name, note(name)])) }),
  )
  actor.start()
  for (const event of history) actor.send(event)
  return { actor, effects }
}

/** The state that a history leaves, and its effects in order. */
function play(...history: readonly ReplicaEvent[]): [ReplicaState, string] {
  const { actor, effects } = played(...history)
  return [actor.getSnapshot().value as ReplicaState, effects.join(', ')]
}
const loading = [opened, rebuilt]
const voting = [...loading, loaded]

describe('replica chart', () => {
  const histories: readonly (readonly [string, readonly ReplicaEvent[], [ReplicaState, string]])[] = [
    ['opens its store first', [], ['opening', '']],
    ['rebuilds what it knew before it votes', [opened], ['rebuilding', 'rebuild']],
    ['votes then, while its state loads', [...loading, frame], ['loading', 'rebuild, beginVoting, route']],
    ['answers clients when its state stands', voting, ['voting', 'rebuild, beginVoting']],
    ['loads on when nothing is rebuilt', [...loading, rebuilt, opened], ['loading', 'rebuild, beginVoting']],
    ['drains while it loads', [...loading, drain, loaded], ['draining', 'rebuild, beginVoting, beginDraining']],
    ['stops while it loads', [...loading, stop, loaded], ['stopped', 'rebuild, beginVoting, halt']],
    ['fails while it loads', [...loading, fail('disk')], ['failed', 'rebuild, beginVoting, halt']],
    ['hears nobody before it votes', [frame, opened, frame], ['rebuilding', 'rebuild']],
    ['routes frames', [...voting, frame], ['voting', 'rebuild, beginVoting, route']],
    ['votes on while it drains', [...voting, drain, frame], ['draining', 'rebuild, beginVoting, beginDraining, route']],
    ['stops when it is drained', [...voting, drain, drained], ['stopped', 'rebuild, beginVoting, beginDraining, halt']],
    ['stops at once when told to', [...voting, stop], ['stopped', 'rebuild, beginVoting, halt']],
    ['stops while it drains', [...voting, drain, stop], ['stopped', 'rebuild, beginVoting, beginDraining, halt']],
    ['has nothing to drain before it votes', [drain], ['stopped', 'halt']],
    ['nor while it rebuilds', [opened, drain], ['stopped', 'rebuild, halt']],
    [
      'says nothing any more once it is stopped',
      [...voting, stop, frame, opened, rebuilt, drained],
      ['stopped', 'rebuild, beginVoting, halt'],
    ],
    ['fails while it opens', [fail('disk')], ['failed', 'halt']],
    ['fails while it votes', [...voting, fail('disk')], ['failed', 'rebuild, beginVoting, halt']],
    [
      'does not come back from a failure',
      [...voting, fail('disk'), opened, rebuilt, frame, drained, stop],
      ['failed', 'rebuild, beginVoting, halt'],
    ],
  ]
  for (const [name, history, expected] of histories) it(name, () => expect(play(...history)).to.eql(expected))

  it('votes in `loading`, `voting` and `draining`, and nowhere else', () => {
    const votes = (...history: readonly ReplicaEvent[]) =>
      played(...history)
        .actor.getSnapshot()
        .hasTag('votes')
    expect([votes(), votes(opened)]).to.eql([false, false])
    expect([votes(...loading), votes(...voting), votes(...voting, drain)]).to.eql([true, true, true])
    expect([votes(...voting, stop), votes(...voting, fail('disk'))]).to.eql([false, false])
  })

  it('keeps what failed first', () => {
    const { actor } = played(...voting, fail('disk'), fail('network'))
    expect(actor.getSnapshot().context.error?.message).to.equal('disk')
  })

  it('fails with the error of an instance that broke an invariant', () => {
    const { actor, effects } = played(...voting)
    const instance = createActor(
      createMachine({
        on: {
          go: {
            actions: () => {
              throw new Error('decided twice')
            },
          },
        },
      }),
      { parent: actor, id: '0.17' },
    )
    instance.start()
    instance.send({ type: 'go' })
    expect(actor.getSnapshot().value).to.equal('failed')
    expect(actor.getSnapshot().context.error?.message).to.equal('decided twice')
    expect(effects).to.eql(['rebuild', 'beginVoting', 'halt'])
  })

  it('does not start to work without its effects', () => {
    const actor = createActor(replicaMachine)
    let failure: unknown
    actor.subscribe({
      error: error => {
        failure = error
      },
    })
    actor.start()
    actor.send(opened)
    expect(String(failure)).to.contain('the effect rebuild has no body')
  })
})
