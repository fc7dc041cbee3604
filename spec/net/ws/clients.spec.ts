import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { WebSocket, WebSocketServer } from 'ws'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import { protocolVersion } from '../../../machines/protocol/version.ts'
import type { ClientPeer, ConnectionEnd, ServerConnection } from '../../../net/clients.ts'
import type { NetLimits } from '../../../net/limits.ts'
import { createWsClientListener, type WsClientListener } from '../../../net/ws/client-listener.ts'
import { createWsConnector } from '../../../net/ws/connector.ts'
import type { WsServer } from '../../../net/ws/server.ts'
import { until } from '../../contracts/transport.ts'
import { clock, closeServer, codec, startServer, urlOf } from './world.ts'

const welcome: ClientMessageOf<'welcome'> = {
  type: 'welcome',
  protocolMajor: protocolVersion.major,
  protocolMinor: protocolVersion.minor,
  cluster: 'c',
  member: 1,
  members: [1, 2, 3],
  build: undefined,
}
/** Longer than any pause of a loaded machine. */
const longMs = 600_000
const limits: NetLimits = {
  ...defaultLimits,
  greetingTimeoutMs: longMs,
  connectTimeoutMs: longMs,
  pingIntervalMs: longMs,
  clientConnectionsMax: 2,
  clientFrameBytesMax: 1024 * 1024,
  clientQueueBytesMax: 256 * 1024,
}

describe('ws clients', () => {
  let server: WsServer
  let listener: WsClientListener
  let clients: { peer: ClientPeer; requests: ClientRequest[]; closed: string[] }[]
  let greet: (peer: ClientPeer) => void
  beforeEach(async () => {
    server = await startServer(limits)
    listener = createWsClientListener({ server, codec, clock, limits })
    clients = []
    greet = peer => peer.send([welcome])
    listener.start(peer => {
      const client = { peer, requests: [] as ClientRequest[], closed: [] as string[] }
      clients.push(client)
      greet(peer)
      return {
        requests: requests => client.requests.push(...requests),
        closed: reason => client.closed.push(reason),
      }
    })
  })
  afterEach(async () => {
    await new Promise<void>(resolve => listener.stop(resolve))
    await closeServer(server)
  })

  interface Client {
    readonly connection: ServerConnection
    readonly opened: ClientMessageOf<'welcome'>[]
    readonly answers: ClientAnswer[]
    readonly ends: ConnectionEnd[]
  }
  function connect(endpoint = urlOf(server), own: Partial<NetLimits> = {}): Client {
    const seen = {
      opened: [] as ClientMessageOf<'welcome'>[],
      answers: [] as ClientAnswer[],
      ends: [] as ConnectionEnd[],
    }
    const connection = createWsConnector({ codec, clock, limits: { ...limits, ...own } }).connect(endpoint, {
      open: message => seen.opened.push(message),
      answers: answers => seen.answers.push(...answers),
      ended: end => seen.ends.push(end),
    })
    return { connection, ...seen }
  }
  const ended = async (client: Client): Promise<ConnectionEnd> => {
    await until('the connection has ended', () => client.ends.length > 0)
    expect(client.ends).to.have.lengthOf(1)
    return client.ends[0]!
  }

  it('carries requests and answers', async () => {
    const client = connect()
    await until('it is open', () => client.opened.length === 1)
    expect(client.opened).to.deep.equal([welcome])
    client.connection.send([
      { type: 'propose', request: 1, payload: Uint8Array.of(1) },
      { type: 'status', request: 2 },
    ])
    await until('they arrive', () => clients[0]?.requests.length === 2)
    clients[0]!.peer.send([{ type: 'result', request: 1, payload: Uint8Array.of(2) }])
    await until('the answer arrives', () => client.answers.length === 1)
    expect(client.answers).to.deep.equal([{ type: 'result', request: 1, payload: Uint8Array.of(2) }])
    client.connection.close()
    expect(await ended(client)).to.include({ code: 'closed' })
    await until('the replica knows', () => clients[0]!.closed.length === 1)
    expect(clients[0]!.closed).to.deep.equal(['closed by this client'])
  })

  it('takes a welcome and an answer in one frame', async () => {
    greet = peer => peer.send([welcome, { type: 'statusReport', request: 0, json: new Uint8Array() }])
    const client = connect()
    await until('both are there', () => client.opened.length === 1 && client.answers.length === 1)
  })

  const endsWith = (
    name: string,
    before: (peer: ClientPeer) => void,
    code: ConnectionEnd['code'],
    reason: RegExp,
    own: Partial<NetLimits> = {},
  ) =>
    it(`ends as ${code}: ${name}`, async () => {
      greet = before
      const end = await ended(connect(urlOf(server), own))
      expect(end.code).to.equal(code)
      expect(end.reason).to.match(reason)
    })
  endsWith('no welcome in time', () => {}, 'rejected', /did not say welcome for 300 ms/, { greetingTimeoutMs: 300 })
  endsWith(
    'something else first',
    peer => peer.send([{ type: 'result', request: 1, payload: new Uint8Array() }]),
    'rejected',
    /a welcome is expected first, found result/,
  )
  endsWith('the replica stops', peer => peer.close('this replica stops'), 'unreachable', /stops/)

  it('ends as unreachable where nobody listens, and as rejected where no replica answers', async () => {
    expect(await ended(connect('ws://127.0.0.1:1'))).to.include({ code: 'unreachable' })
    expect(await ended(connect(`${urlOf(server)}/elsewhere`))).to.include({ code: 'rejected' })
    expect(() => connect('127.0.0.1:7101')).to.throw(EpaxosError, /looks like ws:\/\//)
  })

  it('ends a client whose requests have numbers that no answer can carry', async () => {
    const client = connect()
    await until('it is open', () => client.opened.length === 1)
    const request = Number.MAX_SAFE_INTEGER
    const commands = { sequences: [1, 2], lengths: [1, 1], commands: Uint8Array.of(1, 2) }
    client.connection.send([{ type: 'execute', request, session: 's', floor: 0, ...commands }])
    expect(await ended(client)).to.include({ reason: 'requests are numbered up to 2^53 - 1' })
    expect(clients[0]!.requests).to.deep.equal([])
  })

  it('ends a client that is to be sent what cannot be encoded, and nobody else', async () => {
    const client = connect()
    await until('it is open', () => client.opened.length === 1)
    clients[0]!.peer.send([{ type: 'refused', request: 2 ** 53, code: 'malformed', reason: 'none' }])
    expect((await ended(client)).reason).to.match(/^an answer: refused.request: a whole number/)
  })

  it('can be closed while it connects', async () => {
    const client = connect()
    client.connection.close()
    expect(await ended(client)).to.include({ code: 'closed' })
  })

  it('is lost when the replica falls silent without closing, as a stopped process does', async () => {
    const mute = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false })
    mute.on('connection', socket => socket.send(codec.encodeClientMessages([welcome])))
    await new Promise(resolve => mute.once('listening', resolve))
    const client = connect(`ws://127.0.0.1:${(mute.address() as AddressInfo).port}`, { pingIntervalMs: 100 })
    const end = await ended(client)
    expect(client.opened).to.have.lengthOf(1)
    expect(end.code).to.equal('lost')
    expect(end.reason).to.match(/no sign of life/)
    await new Promise(resolve => mute.close(resolve))
  })

  it('is lost when the replica goes away', async () => {
    const client = connect()
    await until('it is open', () => client.opened.length === 1)
    clients[0]!.peer.close('going')
    expect(await ended(client)).to.deep.equal({ code: 'lost', reason: 'going' })
  })

  it('refuses more connections than it may have', async () => {
    const first = connect()
    const second = connect()
    await until('two are open', () => first.opened.length + second.opened.length === 2)
    const third = await ended(connect())
    expect(third.code).to.equal('unreachable')
    expect(third.reason).to.contain('503')
    first.connection.close()
    await ended(first)
    await until('there is room again', () => clients.some(({ closed }) => closed.length > 0))
    const fourth = connect()
    await until('it is open', () => fourth.opened.length === 1)
  })

  it('cuts off a client that reads nothing', async () => {
    const socket = new WebSocket(`${urlOf(server)}/client`)
    await new Promise(resolve => socket.once('open', resolve))
    socket.pause()
    await until('it is there', () => clients.length === 1)
    const answer: ClientAnswer = { type: 'result', request: 1, payload: new Uint8Array(200_000) }
    await until('it is cut off', () => {
      if (clients[0]!.closed.length === 0) clients[0]!.peer.send([answer])
      return clients[0]!.closed.length === 1
    })
    expect(listener.counters.framesDropped).to.equal(1)
    expect(clients[0]!.closed[0]).to.match(/does not read/)
    socket.on('error', () => {})
    socket.terminate()
  })

  const hostile = (name: string, frame: () => Uint8Array | string, codes: number[]) =>
    it(`ends a client that sends ${name}, and no other`, async () => {
      const good = connect()
      await until('it is open', () => good.opened.length === 1)
      const socket = new WebSocket(`${urlOf(server)}/client`)
      socket.on('error', () => {})
      await new Promise(resolve => socket.once('open', resolve))
      const closed = new Promise<number>(resolve => socket.once('close', resolve))
      socket.send(frame())
      expect(await closed).to.be.oneOf(codes)
      good.connection.send([{ type: 'status', request: 1 }])
      await until('the other goes on', () => clients[0]!.requests.length === 1)
      expect(clients[1]!.requests).to.deep.equal([])
      await until('it is closed', () => clients[1]!.closed.length === 1)
    })
  hostile('a random frame', () => Buffer.concat([Buffer.of(0xc1), randomBytes(1024 * 1024 - 1)]), [4400])
  hostile('a frame that is too large', () => new Uint8Array(1024 * 1024 + 1), [1009, 1006])
  hostile('text', () => 'get a', [1003])
  hostile('answers', () => codec.encodeClientMessages([welcome]), [4400])
})
