import { expect } from 'chai'
import { type Client, type ClientOptions, createClient } from '../../../actors/client/client.ts'
import { ClientError } from '../../../actors/client/errors.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { sessionWindow } from '../../../machines/execution/client-table.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { asked, bytes, refused, result } from './answers.ts'
import { FakeConnector, type FakeServer, ManualClock, settled } from './fakes.ts'

describe('client: sessions', () => {
  let connector: FakeConnector
  let clock: ManualClock
  let client: Client
  let outcomes: string[]
  const build = (options: Partial<ClientOptions> = {}): void => {
    connector = new FakeConnector()
    clock = new ManualClock()
    outcomes = []
    client = createClient({
      endpoints: ['a', 'b', 'c'],
      connector,
      clock,
      random: () => 0.5,
      codec: createCodec(defaultLimits),
      ...options,
    })
  }
  beforeEach(() => build())
  afterEach(() => client.close())

  /** Asks for a command; its outcome goes among `outcomes`: `name: result`, or `name: code of the error`. */
  const ask = async (name: string, timeoutMs = 60_000): Promise<void> => {
    client.execute(bytes(name), { timeoutMs }).then(
      payload => outcomes.push(`${name}: ${new TextDecoder().decode(payload)}`),
      error => outcomes.push(`${name}: ${error instanceof ClientError ? error.code : error}`),
    )
    await settled()
  }
  /** What a replica was sent, in words. */
  const seen = (server: FakeServer): string[] =>
    server.frames.flat().flatMap(message => {
      if (message.type !== 'execute') return message.type
      return asked(message)
    })
  const openSession = async (server: FakeServer, request: number, session: string): Promise<void> =>
    server.answer({ type: 'sessionOpened', request, session })
  /** Connected to the first replica, with a session. */
  const begin = async (): Promise<void> => {
    await connector.last.open()
    await ask('first')
    await openSession(connector.last, 1, 's')
    await connector.last.answer(result(2, 'done'))
    expect(outcomes).to.deep.equal(['first: done'])
    outcomes.length = 0
  }

  it('opens a session once, before the first command, and numbers the commands', async () => {
    await connector.last.open()
    await ask('x')
    await ask('y')
    expect(seen(connector.last)).to.deep.equal(['openSession'])
    await openSession(connector.last, 1, 's')
    expect(seen(connector.last)).to.deep.equal(['openSession', 'x s.1 >0', 'y s.2 >0'])
  })

  it('needs no session for a status', async () => {
    await connector.last.open()
    void client.status()
    await settled()
    expect(seen(connector.last)).to.deep.equal(['status'])
    await connector.last.answer({ type: 'statusReport', request: 1, json: bytes('{}') })
  })

  it('sends again elsewhere under the same number when the connection is lost', async () => {
    await begin()
    await ask('x')
    await connector.last.end('lost')
    expect(connector.endpoints).to.deep.equal(['a', 'b'])
    await connector.last.open()
    expect(seen(connector.last)).to.deep.equal(['x s.2 >1'])
    await connector.last.answer(result(1, 'X'))
    expect(outcomes).to.deep.equal(['x: X'])
  })

  it('moves its floor with the lowest that is not settled', async () => {
    await begin()
    for (const name of ['x', 'y', 'z']) await ask(name)
    await connector.last.answer(result(4, 'Y'))
    await ask('v')
    await connector.last.answer(result(3, 'X'))
    await ask('w')
    expect(seen(connector.last).slice(2)).to.deep.equal(['x s.2 >1', 'y s.3 >1', 'z s.4 >1', 'v s.5 >1', 'w s.6 >3'])
  })

  it('goes below what its user waits for no more', async () => {
    await begin()
    await ask('x', 100)
    await clock.pass(100)
    expect(outcomes).to.deep.equal(['x: unknown'])
    await connector.last.open()
    await ask('y')
    expect(seen(connector.last)).to.deep.equal(['y s.3 >2'])
  })

  it('leaves a replica that is silent, and ignores what it says later', async () => {
    build({ silenceMs: 200 })
    await begin()
    const silent = connector.last
    await ask('x')
    await clock.pass(200)
    expect(connector.endpoints).to.deep.equal(['a', 'b'])
    await connector.last.open()
    expect(seen(connector.last)).to.deep.equal(['x s.2 >1'])
    await silent.answer(result(3, 'late'))
    expect(outcomes).to.deep.equal([])
    await connector.last.answer(result(1, 'X'))
    expect(outcomes).to.deep.equal(['x: X'])
  })

  it('stays with a replica that says something', async () => {
    build({ silenceMs: 200 })
    await begin()
    await ask('x')
    await clock.pass(150)
    await ask('y')
    await connector.last.answer(result(4, 'Y'))
    await clock.pass(1_000)
    expect(connector.endpoints).to.deep.equal(['a'])
  })

  it('asks another replica for a session when the first does not answer', async () => {
    build({ silenceMs: 200 })
    await connector.last.open()
    await ask('x')
    await connector.last.end('lost')
    await connector.last.open()
    expect(seen(connector.last)).to.deep.equal(['openSession'])
    await connector.last.answer(refused(1, 'notReady'))
    await connector.last.open()
    await openSession(connector.last, 1, 't')
    expect(seen(connector.last)).to.deep.equal(['openSession', 'x t.1 >0'])
  })

  it('goes on in a new session when the old one has expired and the command was sent once', async () => {
    await begin()
    await ask('x')
    await ask('y')
    await connector.last.answer(refused(3, 'sessionExpired'), refused(4, 'sessionExpired'))
    await openSession(connector.last, 5, 't')
    expect(seen(connector.last).slice(4)).to.deep.equal(['openSession', 'x t.1 >0', 'y t.2 >0'])
    await connector.last.answer(result(6, 'X'), result(7, 'Y'))
    expect(outcomes).to.deep.equal(['x: X', 'y: Y'])
  })

  it('says sessionExpired of what was sent twice: the first sending may have been applied', async () => {
    await begin()
    await ask('x')
    await connector.last.end('lost')
    await connector.last.open()
    await connector.last.answer(refused(1, 'sessionExpired'))
    expect(outcomes).to.deep.equal(['x: sessionExpired'])
    await ask('y')
    await openSession(connector.last, 2, 't')
    expect(seen(connector.last).slice(1)).to.deep.equal(['openSession', 'y t.1 >0'])
  })

  it('keeps the new session when another answer of the old one comes', async () => {
    await begin()
    await ask('x')
    await ask('y')
    await connector.last.answer(refused(3, 'sessionExpired'))
    await openSession(connector.last, 5, 't')
    await connector.last.answer(refused(4, 'sessionExpired'))
    expect(seen(connector.last).slice(4)).to.deep.equal(['openSession', 'x t.1 >0', 'y t.2 >0'])
  })

  it('says unknown of what a replica calls outdated', async () => {
    await begin()
    await ask('x')
    await connector.last.answer(refused(3, 'outdated'))
    expect(outcomes).to.deep.equal(['x: unknown'])
  })

  it('sends what is refused for its floor again once that has risen, and says unknown when nothing helps', async () => {
    await begin()
    for (const name of ['x', 'y', 'z']) await ask(name)
    const sent = () => seen(connector.last).slice(5)
    await connector.last.answer(refused(5, 'tooManyUnacknowledged'))
    expect(sent(), 'the lowest is open').to.deep.equal([])
    await connector.last.answer(result(3, 'X'))
    expect(sent(), 'the floor has risen').to.deep.equal(['z s.4 >2'])
    await connector.last.answer(refused(6, 'tooManyUnacknowledged'))
    expect(sent()).to.have.length(1)
    await connector.last.answer(result(4, 'Y'))
    expect(sent(), 'it is the lowest').to.deep.equal(['z s.4 >2', 'z s.4 >3'])
    await connector.last.answer(refused(7, 'tooManyUnacknowledged'))
    expect(sent()).to.have.length(3)
    await connector.last.answer(refused(8, 'tooManyUnacknowledged'))
    expect(outcomes, 'an earlier sending may have been applied').to.deep.equal(['x: X', 'y: Y', 'z: unknown'])
  })

  it('does not count what was turned away as sent: it is as new in the next session', async () => {
    await begin()
    await ask('x')
    await connector.last.answer(refused(3, 'notReady'))
    await connector.last.open()
    expect(seen(connector.last)).to.deep.equal(['x s.2 >1'])
    await connector.last.answer(refused(1, 'sessionExpired'))
    await openSession(connector.last, 2, 't')
    expect(seen(connector.last).slice(1)).to.deep.equal(['openSession', 'x t.1 >0'])
    // Nor what was not applied in a session that is no more.
    await connector.last.answer(refused(3, 'sessionExpired'))
    await openSession(connector.last, 4, 'u')
    await connector.last.answer(result(5, 'X'))
    expect(outcomes).to.deep.equal(['x: X'])
  })

  it('still counts the sending whose answer was lost, whoever turns it away later', async () => {
    await begin()
    await ask('x')
    await connector.last.end('lost')
    await connector.last.open()
    await connector.last.answer(refused(1, 'notReady'))
    await connector.last.open()
    await connector.last.answer(refused(1, 'sessionExpired'))
    expect(outcomes).to.deep.equal(['x: sessionExpired'])
  })

  it('says unavailable, not unknown, of what every replica has turned away', async () => {
    await begin()
    await ask('x', 100)
    await connector.last.answer(refused(3, 'notReady'))
    await connector.last.open()
    await connector.last.answer(refused(1, 'notReady'))
    await clock.pass(100)
    expect(outcomes).to.deep.equal(['x: unavailable'])
  })

  it('holds back what would be refused for its floor, until the lowest that is open is settled', async () => {
    build({ inFlightMax: 2 * sessionWindow, queueMax: 2 * sessionWindow })
    await begin()
    for (let at = 0; at <= sessionWindow; at++) client.execute(bytes('x')).catch(() => undefined)
    await settled()
    const [server] = connector.servers
    const sent = () => seen(server!).length - 2
    expect(sent(), 'as many as the window holds').to.equal(sessionWindow)
    await server!.answer(result(4, 'the second'))
    expect(sent(), 'the lowest stands in the way').to.equal(sessionWindow)
    await server!.answer(result(3, 'the lowest'))
    expect(seen(server!).at(-1)).to.equal(`x s.${sessionWindow + 2} >3`)
  })

  it('says unavailable while there is no session, and unknown once it was sent', async () => {
    await connector.last.open()
    await ask('x', 100)
    await clock.pass(100)
    expect(outcomes).to.deep.equal(['x: unavailable'])
  })

  it('asks for a session again when the time for one has passed', async () => {
    build({ timeoutMs: 100, silenceMs: 10_000 })
    await connector.last.open()
    await ask('x')
    await clock.pass(100)
    await connector.last.open()
    expect(seen(connector.last)).to.deep.equal(['openSession'])
    await openSession(connector.last, 1, 't')
    await connector.last.answer(result(2, 'X'))
    expect(outcomes).to.deep.equal(['x: X'])
  })

  it('settles everything when it is closed, and leaves no timer behind', async () => {
    await begin()
    await ask('sent')
    const status = client.status().catch(error => error.code)
    await settled()
    await connector.last.end('lost')
    await ask('never')
    client.close()
    await settled()
    expect(outcomes).to.have.members(['sent: unknown', 'never: closed'])
    expect(await status).to.equal('closed')
    build()
    await begin()
    await ask('in flight')
    client.close()
    await settled()
    expect(outcomes).to.deep.equal(['in flight: unknown'])
    expect(clock.timers).to.equal(0)
  })
})
