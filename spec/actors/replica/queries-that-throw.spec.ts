import { expect } from 'chai'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import { encodeData } from '../../../net/codec/data.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const machine = (): StateMachine<string, unknown> => ({
  footprint: () => ({ reads: ['k'], writes: [] }),
  apply(command) {
    if (command === 'throws') throw new Error('of a query')
    return command === 'nothing' ? undefined : command
  },
  snapshot: () => new Uint8Array(0),
  restore: () => undefined,
})

describe('queries on which the state machine fails', () => {
  it('input 8: a stale read whose apply throws is refused, and its replica goes on', async () => {
    const { replicas, pass } = await memoryCluster({ stateMachine: machine })
    const [replica] = replicas
    expect(() => replica!.query('throws'))
      .to.throw('the state machine failed on the query: of a query')
      .with.property('code', 'applyFailed')
    expect(() => replica!.query('nothing'))
      .to.throw('it returned undefined')
      .with.property('code', 'applyFailed')
    const answers: ClientAnswer[] = []
    const client = replica!.connected({ send: each => answers.push(...each), close: () => undefined })
    client.requests([
      { type: 'query', request: 1, payload: encodeData('throws') },
      { type: 'query', request: 2, payload: encodeData('fine') },
    ])
    await pass(10)
    expect(answers.slice(1)).to.have.length(2)
    expect(answers[1]).to.include({ type: 'refused', request: 1, code: 'applyFailed' })
    expect(answers[2]).to.deep.include({ type: 'result', request: 2, payload: encodeData('fine') })
    expect(replica!.state).to.equal('voting')
  })
})
