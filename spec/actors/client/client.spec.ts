import { expect } from 'chai'
import { type Client, type ClientOptions, createClient } from '../../../actors/client/client.ts'
import { ClientError } from '../../../actors/client/errors.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { bytes, refused, result } from './answers.ts'
import { FakeConnector, ManualClock, settled } from './fakes.ts'

/** The code of the error, or the result as text, once there is one. */
function outcome(promise: Promise<Uint8Array>): { value: string | undefined } {
  const seen: { value: string | undefined } = { value: undefined }
  promise.then(
    payload => {
      seen.value = new TextDecoder().decode(payload)
    },
    error => {
      seen.value = error instanceof ClientError ? error.code : String(error)
    },
  )
  return seen
}

describe('client', () => {
  let connector: FakeConnector
  let clock: ManualClock
  let client: Client
  const build = (options: Partial<ClientOptions> = {}): void => {
    connector = new FakeConnector()
    clock = new ManualClock()
    client = createClient({
      endpoints: ['a', 'b', 'c'],
      connector,
      clock,
      random: () => 0.5,
      codec: createCodec(defaultLimits),
      sessions: false,
      ...options,
    })
  }
  beforeEach(() => build())
  afterEach(() => client.close())

  it('sends what was asked in one turn as one frame, numbered from 1, and pairs the answers', async () => {
    const first = outcome(client.execute(bytes('x')))
    await connector.last.open()
    const [second, third] = [outcome(client.execute(bytes('y'))), outcome(client.execute(bytes('z')))]
    await settled()
    expect(connector.last.frames.map(frame => frame.map(each => each.request))).to.eql([[1], [2, 3]])
    await connector.last.answer(result(3, 'Z'), result(1, 'X'))
    await connector.last.answer(result(2, 'Y'))
    expect([first.value, second.value, third.value]).to.eql(['X', 'Y', 'Z'])
  })

  it('splits what is too much for one frame, and lets what is too much for one connection wait', async () => {
    build({ frameMessagesMax: 2, frameBytesMax: 10, inFlightMax: 4 })
    for (const text of ['1', '2', '3', 'x'.repeat(20), '5']) outcome(client.execute(bytes(text)))
    await connector.last.open()
    const numbers = (): number[][] => connector.last.frames.map(frame => frame.map(each => each.request))
    expect(numbers()).to.eql([[1, 2], [3], [4]])
    await connector.last.answer(result(2, ''))
    expect(numbers()).to.eql([[1, 2], [3], [4], [5]])
  })

  it('goes to the next endpoint with what was never sent', async () => {
    const waiting = outcome(client.execute(bytes('x')))
    await connector.last.end('unreachable')
    expect(connector.endpoints).to.eql(['a', 'b'])
    await connector.last.open()
    expect(connector.last.frames).to.have.length(1)
    await connector.last.answer(result(1, 'X'))
    expect(waiting.value).to.equal('X')
  })

  it('never sends again what may have been received: a lost connection makes it unknown', async () => {
    await connector.last.open()
    const sent = outcome(client.execute(bytes('x')))
    await settled()
    await connector.last.end('lost')
    expect(sent.value).to.equal('unknown')
    expect(connector.endpoints).to.eql(['a', 'b'])
    const next = outcome(client.execute(bytes('y')))
    await connector.last.open()
    expect(connector.last.frames.flat()).to.have.length(1)
    await connector.last.answer(result(1, 'Y'))
    expect(next.value).to.equal('Y')
  })

  for (const code of ['notReady', 'draining', 'overloaded'] as const) {
    it(`takes what was refused as ${code} to the next endpoint; what is in flight is still answered here`, async () => {
      await connector.last.open()
      const [stays, moves] = [outcome(client.execute(bytes('x'))), outcome(client.execute(bytes('y')))]
      await settled()
      await connector.last.answer(refused(2, code))
      expect(connector.endpoints).to.eql(['a', 'b'])
      expect(connector.servers[0]!.isClosed).to.equal(false)
      await connector.last.open()
      await connector.last.answer(result(1, 'Y'))
      await connector.servers[0]!.answer(result(1, 'X'))
      expect([stays.value, moves.value]).to.eql(['X', 'Y'])
      expect(connector.servers[0]!.isClosed).to.equal(true)
    })
  }

  it('hands a refusal that holds everywhere to the user', async () => {
    await connector.last.open()
    const [large, odd] = [outcome(client.execute(bytes('x'))), outcome(client.execute(bytes('y')))]
    await settled()
    await connector.last.answer(refused(1, 'tooLarge'), refused(2, 'malformed'))
    expect([large.value, odd.value]).to.eql(['tooLarge', 'malformed'])
    expect(connector.endpoints).to.eql(['a'])
  })

  it('pauses after a round in vain, longer each time up to the cap, and forgets it when it is served', async () => {
    build({ endpoints: ['a', 'b'], pauseMs: 100, pauseMaxMs: 300 })
    const round = async (): Promise<void> => {
      await connector.last.end('unreachable')
      await connector.last.end('unreachable')
    }
    await round()
    for (const pauseMs of [75, 150, 225, 225]) {
      const before = connector.servers.length
      await clock.pass(pauseMs - 1)
      expect(connector.servers.length, `before ${pauseMs} ms`).to.equal(before)
      await clock.pass(1)
      expect(connector.servers.length, `after ${pauseMs} ms`).to.equal(before + 1)
      await round()
    }
    await clock.pass(225)
    await connector.last.open()
    const served = outcome(client.execute(bytes('x')))
    await settled()
    await connector.last.answer(result(1, 'X'))
    expect(served.value).to.equal('X')
    await connector.last.end('lost')
    await round()
    const before = connector.servers.length
    await clock.pass(75)
    expect(connector.servers.length).to.equal(before + 1)
  })

  it('does not spin among replicas that welcome and refuse', async () => {
    const waiting = outcome(client.execute(bytes('x'), { timeoutMs: 10_000 }))
    for (let at = 0; at < 3; at++) {
      await connector.last.open()
      await connector.last.answer(refused(1, 'notReady'))
    }
    expect(connector.endpoints).to.eql(['a', 'b', 'c'])
    await clock.pass(100)
    expect(connector.endpoints).to.eql(['a', 'b', 'c', 'a'])
    await connector.last.open()
    await connector.last.answer(result(1, 'X'))
    expect(waiting.value).to.equal('X')
  })

  it('says unavailable when a deadline passes before any replica took the request, with the reasons', async () => {
    const promise = client.execute(bytes('x'), { timeoutMs: 40 })
    const waiting = outcome(promise)
    await connector.last.end('unreachable', 'connect ECONNREFUSED')
    await clock.pass(39)
    expect(waiting.value).to.equal(undefined)
    await clock.pass(1)
    expect(waiting.value).to.equal('unavailable')
    const message = await promise.catch(error => error.message)
    expect(message).to.contain('40 ms').and.contain('a: unreachable, connect ECONNREFUSED').and.contain('c: no answer')
  })

  it('says unknown when a deadline passes after sending, ignores the late answer, and leaves a silent replica', async () => {
    await connector.last.open()
    const sent = outcome(client.execute(bytes('x'), { timeoutMs: 100 }))
    await settled()
    const patient = outcome(client.execute(bytes('y'), { timeoutMs: 1_000 }))
    await settled()
    await clock.pass(100)
    expect([sent.value, patient.value]).to.eql(['unknown', undefined])
    expect(connector.endpoints).to.eql(['a', 'b'])
    await connector.servers[0]!.answer(result(1, 'late'), result(2, 'Y'))
    expect([sent.value, patient.value]).to.eql(['unknown', 'Y'])
  })

  it('stays with a replica that is slow for one request and answers others', async () => {
    await connector.last.open()
    const slow = outcome(client.execute(bytes('x'), { timeoutMs: 100 }))
    await settled()
    await clock.pass(50)
    const quick = outcome(client.execute(bytes('y'), { timeoutMs: 100 }))
    await settled()
    await connector.last.answer(result(2, 'Y'))
    await clock.pass(50)
    expect([slow.value, quick.value]).to.eql(['unknown', 'Y'])
    expect(connector.endpoints).to.eql(['a'])
  })

  it('asks for the status again elsewhere, for it changes nothing', async () => {
    await connector.last.open()
    const status = client.status()
    await settled()
    await connector.last.end('lost')
    await connector.last.open()
    await connector.last.answer({ type: 'statusReport', request: 1, json: bytes('{"member":2}') })
    expect(await status).to.eql({ member: 2 })
  })

  it('refuses more than it may hold, and too large a command', async () => {
    build({ queueMax: 1, payloadBytesMax: 3 })
    outcome(client.execute(bytes('x')))
    const [large, more] = [outcome(client.execute(bytes('xxxx'))), outcome(client.execute(bytes('x')))]
    await settled()
    expect(more.value).to.equal('overloaded')
    build({ payloadBytesMax: 3 })
    const tooLarge = outcome(client.execute(bytes('xxxx')))
    await settled()
    expect([large.value, tooLarge.value]).to.eql(['overloaded', 'tooLarge'])
  })

  it('settles everything when it is closed, and leaves no timer behind', async () => {
    await connector.last.open()
    const sent = outcome(client.execute(bytes('x')))
    await settled()
    await connector.last.answer(refused(1, 'notReady'))
    await connector.last.open()
    const again = outcome(client.execute(bytes('y')))
    await settled()
    await connector.last.end('lost')
    const never = outcome(client.execute(bytes('z')))
    client.close()
    await settled()
    expect([sent.value, again.value, never.value]).to.eql(['unknown', 'unknown', 'closed'])
    const after = outcome(client.execute(bytes('w')))
    await settled()
    expect(after.value).to.equal('closed')
    expect(clock.timers).to.equal(0)
    client.close()
  })

  it('needs an endpoint', () => {
    expect(() => build({ endpoints: [] })).to.throw(RangeError)
    build()
  })
})
