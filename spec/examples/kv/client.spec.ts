import { expect } from 'chai'
import { createClient } from '../../../actors/client/client.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { KvResultError, kvClientOver } from '../../../examples/kv/client.ts'
import type { KvCommand } from '../../../examples/kv/commands.ts'
import { connectKv } from '../../../examples/kv/connect.ts'
import type { ScanOptions } from '../../../examples/kv/scan.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { KvCommandError } from '../../../examples/kv/validation.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import type { ClientConnector } from '../../../net/clients.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import { ManualClock } from '../../actors/client/fakes.ts'
import { resultsOf } from '../../support/session-messages.ts'

let queries = 0

/** One replica without peers: what is asked is executed at once. */
function connectorTo(store = createKvStateMachine()): ClientConnector {
  const run = (payload: Uint8Array) => {
    const command = decodeData(payload) as KvCommand
    return encodeData(store.apply(store.stamped?.(command, 0) ?? command))
  }
  const answer = (request: ClientRequest): ClientAnswer => {
    if (request.type === 'status') {
      return { type: 'statusReport', request: request.request, json: new TextEncoder().encode('{"member":1}') }
    }
    if (request.type === 'openSession') return { type: 'sessionOpened', request: request.request, session: 's' }
    if (request.type === 'endSession') return { type: 'result', request: request.request, payload: new Uint8Array() }
    if (request.type === 'backup' || request.type === 'forgetPeer') throw new Error('nobody asks for this here')
    if (request.type === 'query') queries++
    if (request.type !== 'execute') return { type: 'result', request: request.request, payload: run(request.payload) }
    expect(request.lengths, 'commands are awaited here one by one').to.eql([request.commands.length])
    return resultsOf([request.request, run(request.commands)])
  }
  return {
    connect(_, events) {
      const welcome = { protocolMajor: 1, protocolMinor: 0, cluster: 'test', member: 1, members: [1], build: undefined }
      queueMicrotask(() => events.open({ type: 'welcome', ...welcome }))
      return {
        send: requests => queueMicrotask(() => events.answers(requests.map(answer))),
        close: () => queueMicrotask(() => events.ended({ code: 'closed', reason: 'closed' })),
      }
    },
  }
}

describe('key-value client', () => {
  const client = kvClientOver(
    createClient({
      endpoints: ['a'],
      connector: connectorTo(),
      codec: createCodec(defaultLimits),
      clock: new ManualClock(),
      random: () => 0,
    }),
  )
  after(() => client.close())

  it('speaks every operation', async () => {
    await client.put('a', '1')
    expect(await client.get('a')).to.equal('1')
    expect(await client.get('b')).to.equal(null)
    expect(await client.cas('a', '1', '2')).to.equal(true)
    expect(await client.cas('a', '1', '3')).to.equal(false)
    await client.append('a', 'x')
    expect(await client.get('a')).to.equal('2x')
    expect(await client.incr('n')).to.equal(1)
    expect(await client.incr('n', 41)).to.equal(42)
    expect(await client.keys()).to.eql(['a', 'n'])
    expect(await client.keys('n')).to.eql(['n'])
    expect(await client.get('n', { stale: true })).to.equal('42')
    expect(await client.keys('', { stale: true })).to.eql(['a', 'n'])
    expect(await client.getdel('n')).to.equal('42')
    expect(await client.getdel('n')).to.equal(null)
    expect(await client.del('a')).to.equal(true)
    expect(await client.del('a')).to.equal(false)
    expect(await client.status()).to.eql({ member: 1 })
    expect(queries, 'asked of one replica alone').to.equal(2)
  })

  it('turns an error result into an error with its code', async () => {
    await client.put('word', 'x')
    const error = await client.incr('word').catch(found => found)
    expect(error).to.be.instanceOf(KvResultError).with.property('code', 'notANumber')
    expect(error.message, 'in words').to.contain('whole number')
  })

  it('input 16: goes through keys page by page, and tells where it has stopped', async () => {
    const all = Array.from({ length: 25 }, (_, at) => `page:${String(at).padStart(2, '0')}`)
    for (const key of all) await client.put(key, '')
    const found = async (options: ScanOptions): Promise<[string[], string | null]> => {
      const keys: string[] = []
      const scan = client.scan({ prefix: 'page:', pageKeysMax: 10, ...options })
      for (;;) {
        const { value, done } = await scan.next()
        if (done) return [keys, value]
        keys.push(value)
      }
    }
    expect(await found({})).to.eql([all, null])
    expect(await found({ stale: true })).to.eql([all, null])
    for (const limit of [1, 9, 10, 11, 24]) {
      const [keys, next] = await found({ limit })
      expect([keys, next], `limit ${limit}`).to.eql([all.slice(0, limit), all[limit]])
      expect(await found({ from: next! }), `from ${next}`).to.eql([all.slice(limit), null])
    }
    expect(await found({ limit: 25 })).to.eql([all, null])
    expect(await found({ after: 'page:03', to: 'page:06' })).to.eql([['page:04', 'page:05'], null])
    expect(await found({ after: 'page:03x', limit: 1 })).to.eql([['page:04'], 'page:05'])
    const read: string[] = []
    for await (const key of client.scan({ prefix: 'page:' })) if (read.push(key) === 3) break
    expect(read).to.eql(all.slice(0, 3))
  })

  it('refuses an endpoint that is none, at once', () => {
    expect(() => connectKv({ endpoints: ['ws://127.0.0.1:7101', 'nowhere'] }))
      .to.throw(/ws:\/\/127.0.0.1:7101, not like 'nowhere'/)
      .with.property('code', 'badEndpoint')
  })

  it('refuses what the store would not take, before sending', async () => {
    const error = await client.put('k'.repeat(2_000), '').catch(found => found)
    expect(error).to.be.instanceOf(KvCommandError).with.property('code', 'tooLarge')
  })
})
