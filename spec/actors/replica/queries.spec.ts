import { expect } from 'chai'
import { ReplicaError } from '../../../actors/shared/replica-error.ts'
import { get, type KvCommand, keys, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const cluster = () => memoryCluster({ stateMachine: () => createKvStateMachine() })
const value = (text: string | null) => ({ ok: true, value: text })

describe('queries', () => {
  it('answer from the state of one replica: without consensus, and what is old when it is behind', async () => {
    const { replicas, execute, cut, heal, until, pass } = await cluster()
    await execute(1, put('k', 'old'))
    await until('all have it', () => replicas.every(replica => replica.status().commandsExecuted === 1))
    cut(3)
    await execute(1, put('k', 'new'))
    expect(replicas[0]!.query(get('k'))).to.eql(value('new'))
    expect(replicas[2]!.query(get('k')), 'alone, and still answering').to.eql(value('old'))

    let read: unknown
    let refusal: unknown
    const ask = () => {
      replicas[2]!.propose(get('k')).then(
        result => {
          read = result
        },
        error => {
          refusal = error
        },
      )
    }
    ask()
    await pass(2_000)
    expect(read, 'the linearizable read has no answer').to.equal(undefined)
    expect(refusal, 'nobody answered, and it may be asked elsewhere').to.include({ code: 'notReady' })
    heal(3)
    await until('it is answered', () => {
      if (read === undefined) ask()
      return read !== undefined
    })
    expect(read).to.eql(value('new'))
    await until('all have executed it', () => replicas.every(replica => replica.status().commandsExecuted >= 2))
    const executed = replicas[0]!.status().commandsExecuted
    for (let time = 0; time < 10; time++) replicas[0]!.query(get('k'))
    expect(replicas[0]!.status().commandsExecuted, 'queries are no commands').to.equal(executed)
  })

  it('are refused when they write, are none, or nobody is there to answer', async () => {
    const { replicas, until } = await cluster()
    const [replica] = replicas
    const codeOf = (command: KvCommand): string => {
      try {
        replica!.query(command)
      } catch (error) {
        if (error instanceof ReplicaError) return error.code
      }
      return 'answered'
    }
    expect(codeOf(put('k', 'v'))).to.equal('notReadOnly')
    expect(replica!.query(get('k')), 'and nothing was written').to.eql(value(null))
    expect(codeOf([99] as unknown as KvCommand)).to.equal('malformed')
    expect(codeOf(keys())).to.equal('answered')
    void replica!.stop()
    await until('it has stopped', () => replica!.state === 'stopped')
    expect(codeOf(keys())).to.equal('notReady')
  })

  it('come from clients as messages of their own', async () => {
    const { replicas, pass } = await cluster()
    const answers: ClientAnswer[] = []
    const client = replicas[0]!.connected({ send: each => answers.push(...each), close: () => undefined })
    const query = (request: number, command: KvCommand): ClientRequest => ({
      type: 'query',
      request,
      payload: encodeData(command),
    })
    client.requests([query(1, get('k')), query(2, put('k', 'v'))])
    const [welcome, first, second] = answers
    expect(welcome).to.have.property('type', 'welcome')
    expect(first?.type === 'result' && decodeData(first.payload)).to.eql(value(null))
    expect(second).to.include({ type: 'refused', request: 2, code: 'notReadOnly' })
    await pass(1_000)
    expect(replicas[0]!.status().executed, 'nothing was proposed').to.equal(0)
  })
})
