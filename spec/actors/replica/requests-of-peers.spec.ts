import { expect } from 'chai'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { Transport } from '../../../net/transport.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

describe('requests of peers whose answers are large', () => {
  it('are answered once a frame: the last of each kind counts', async () => {
    const sent: Message[] = []
    const transports = new Map<number, Transport>()
    const { execute, pass, until, replicas } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { snapshotCommands: 20, recordsKept: 3, digestIntervalMs: 0 },
      transportOf: (member, transport) => {
        transports.set(member, transport)
        if (member !== 1) return transport
        return new Proxy(transport, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name)
            if (name === 'send')
              return (to: number, messages: readonly Message[]) => {
                if (to === 3) sent.push(...messages)
                target.send(to, messages)
              }
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
      },
    })
    for (let at = 0; at < 60; at++) await execute(1, put(`k${at}`, 'v'))
    await until('there is a checkpoint', () => replicas[0]!.status().snapshot !== undefined)
    await pass(100)
    sent.length = 0
    const [from, to] = [
      [0, 0, 0],
      [60, 0, 0],
    ]
    const asks: Message[] = [
      { type: 'fetch', from: from!, to: from! },
      { type: 'fetch', from: from!, to: to! },
      { type: 'fetchSnapshot', digest: 'none', offset: 0 },
      { type: 'fetchSnapshot', digest: '', offset: 0 },
    ]
    transports.get(3)!.send(1, [...asks, ...asks, ...asks])
    await pass(20)
    const count = (type: Message['type']) => sent.filter(message => message.type === type).length
    expect([count('fetchEnd'), count('snapshotChunk')]).to.deep.equal([1, 1])
    expect(count('commit'), 'of what was asked for last').to.be.above(0)
  })
})
