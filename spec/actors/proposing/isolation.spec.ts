import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { ReplicaError } from '../../../actors/shared/replica-error.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'

const createCounter = (): StateMachine<number, number> => {
  let count = 0
  return {
    footprint: () => ({ reads: [], writes: ['count'] }),
    apply: by => (count += by),
    snapshot: () => Uint8Array.of(count),
    restore: ([restored]) => {
      count = restored!
    },
  }
}

const codec = createCodec(defaultLimits)
/** Long enough to suspect the others, not long enough to refuse what waits. */
const deafMs = defaultLimits.suspicionMs + 300

describe('a replica that hears too few to decide anything', () => {
  let cluster: MemoryCluster<number, number>
  beforeEach(async () => {
    cluster = await memoryCluster({ stateMachine: createCounter })
    await cluster.execute(1, 1)
  })

  /** Proposes at member 1. @returns its result, the code of its error, or 'nothing yet' */
  function propose(by: number): () => number | string {
    let outcome: number | string = 'nothing yet'
    cluster.replicas[0]!.propose(by).then(
      result => {
        outcome = result
      },
      error => {
        outcome = error instanceof ReplicaError ? error.code : String(error)
      },
    )
    return () => outcome
  }

  it('keeps commands for a while, and then refuses them: they were never proposed', async () => {
    cluster.cut(1)
    await cluster.pass(deafMs)
    const waiting = propose(10)
    await cluster.pass(defaultLimits.isolatedWaitMs / 4)
    expect(waiting()).to.equal('nothing yet')
    await cluster.pass(defaultLimits.isolatedWaitMs)
    expect(waiting()).to.equal('notReady')
    const late = propose(20)
    await cluster.pass(1)
    expect(late(), 'no command waits any more').to.equal('notReady')
    cluster.heal(1)
    await cluster.until('it takes commands again', () => cluster.replicas[0]!.status().links[2] === 'live')
    expect(await cluster.execute(1, 1), 'and nothing of what was refused').to.equal(2)
  })

  it('proposes what waits when it hears enough in time', async () => {
    cluster.cut(1)
    await cluster.pass(deafMs)
    const waiting = propose(10)
    cluster.heal(1)
    await cluster.until('it is executed', () => waiting() === 11)
  })

  it('refuses what waits when it stops, and says unknown of what it has proposed', async () => {
    cluster.cut(1)
    const proposed = propose(10)
    await cluster.pass(deafMs)
    const waiting = propose(20)
    void cluster.replicas[0]!.stop()
    await cluster.pass(100)
    expect([proposed(), waiting()]).to.deep.equal(['unknown', 'notReady'])
  })

  it('tells a client what it refuses before the connection ends for what it cannot know', async () => {
    const events: string[] = []
    const client = cluster.replicas[0]!.connected({
      send: answers =>
        events.push(...answers.map(each => ('code' in each ? `${each.request} ${each.code}` : each.type))),
      close: reason => events.push(`closed: ${reason}`),
    })
    const ask = (request: number) => client.requests([{ type: 'propose', request, payload: codec.encodeData(5) }])
    cluster.cut(1)
    ask(1)
    await cluster.pass(deafMs)
    ask(2)
    void cluster.replicas[0]!.stop()
    await cluster.pass(100)
    expect(events.slice(0, 3)).to.deep.equal([
      'welcome',
      '2 notReady',
      'closed: the outcome of a command is not known here',
    ])
  })
})
