import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { NetEvent } from '../../../net/events.ts'
import type { AccessOptions } from '../../../net/ws/access.ts'
import { createWsClientListener } from '../../../net/ws/client-listener.ts'
import { createWsServer, type WsServer } from '../../../net/ws/server.ts'
import { createWsTransport } from '../../../net/ws/transport.ts'
import { tapPath } from '../../../net/ws/url.ts'
import { greetingOf, listen } from '../../contracts/transport.ts'
import { handshakeLines, rawRequest } from '../../support/raw-request.ts'
import { clock, closeServer, codec, random } from './world.ts'

const limits = defaultLimits
const paths = ['/client', '/peer', tapPath]

describe('ws server: pages and names (input 12)', () => {
  let server: WsServer
  let log: NetEvent[]
  let stops: (() => Promise<void>)[]

  /** A server with all its paths, and a tap that lets everybody look. */
  async function serve(access?: AccessOptions): Promise<void> {
    server = createWsServer({ host: '127.0.0.1', port: 0, access, clock, limits, log: event => log.push(event) })
    await new Promise<void>((resolve, reject) => {
      server.listen(error => (error === null ? resolve() : reject(error)))
    })
    const endpoints = [1, 2, 3].map(id => [id, `ws://127.0.0.1:${id === 1 ? port() : 1}`] as const)
    const transport = createWsTransport({ server, members: new Map(endpoints), codec, clock, random, limits })
    const listener = createWsClientListener({ server, codec, clock, limits })
    listen(transport, greetingOf(1))
    listener.start(client => {
      client.send([])
      return { requests: () => undefined, closed: () => undefined }
    })
    server.route(tapPath, {
      frameBytesMax: 1_000,
      connectionsMax: 10,
      accepted: socket => socket.terminate(),
      failed: () => undefined,
    })
    stops = [
      () => new Promise(resolve => listener.stop(resolve)),
      () => new Promise(resolve => transport.stop(resolve)),
      () => closeServer(server),
    ]
  }
  const port = () => server.address().port
  const upgrade = (target: string, headers: { readonly [name: string]: string }) =>
    rawRequest(port(), handshakeLines(target, { host: `127.0.0.1:${port()}`, ...headers }))
  const plain = (target: string, headers: readonly string[]) =>
    rawRequest(port(), [`GET ${target} HTTP/1.1`, ...headers, 'connection: close'])

  beforeEach(() => {
    log = []
    stops = []
  })
  afterEach(async () => {
    for (const stop of stops) await stop()
  })

  for (const path of paths) {
    it(`${path}: refuses a page of another site, and one without a name`, async () => {
      await serve()
      expect(await upgrade(path, {}), 'a program').to.equal(101)
      for (const origin of ['https://evil.example', 'null', 'http://localhost', `http://127.0.0.1:${port()}`, ''])
        expect(await upgrade(path, { origin }), `Origin '${origin}'`).to.equal(403)
      expect(log.filter(({ code }) => code === 'connectionRefused')).to.have.lengthOf(5)
    })

    it(`${path}: refuses a name that is none of its own`, async () => {
      await serve()
      for (const host of [
        'rebound.evil.example',
        `rebound.evil.example:${port()}`,
        '10.1.2.3',
        'me@127.0.0.1',
        '[::2]',
      ])
        expect(await upgrade(path, { host }), `Host '${host}'`).to.equal(421)
      for (const host of [`localhost:${port()}`, 'LOCALHOST', '127.0.0.1', `[::1]:${port()}`])
        expect(await upgrade(path, { host }), `Host '${host}'`).to.equal(101)
    })
  }

  it('lets in the pages and the names that are allowed, and no others', async () => {
    await serve({ hosts: ['replica-1.example', '192.0.2.7', '2001:db8::1'], origins: ['https://console.example'] })
    for (const host of ['replica-1.example:7101', 'Replica-1.Example', '192.0.2.7:80', '[2001:db8:0::1]:7101'])
      expect(await upgrade('/client', { host }), host).to.equal(101)
    expect(await upgrade('/client', { host: 'replica-2.example' })).to.equal(421)
    expect(await upgrade('/client', { origin: 'https://console.example' })).to.equal(101)
    for (const origin of ['http://console.example', 'https://console.example:444', 'https://sub.console.example'])
      expect(await upgrade('/client', { origin }), origin).to.equal(403)
  })

  it('refuses plain requests by the same rules', async () => {
    await serve()
    expect(await plain('/', [`host: 127.0.0.1:${port()}`])).to.equal(426)
    expect(await plain('/', ['host: evil.example'])).to.equal(421)
    expect(await plain('/', ['host: 127.0.0.1', 'origin: https://evil.example'])).to.equal(403)
  })

  it('a request that is none ends nothing (input 27)', async () => {
    await serve()
    for (const target of ['//[', '//', '/%', 'http://[', '*', '/client//', '//client'])
      for (const lines of [
        [`GET ${target} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close'],
        handshakeLines(target, { host: '127.0.0.1' }),
      ])
        expect(await rawRequest(port(), lines), lines.join(' ')).to.be.oneOf([400, 404, 426])
    expect(await rawRequest(port(), ['GARBAGE'])).to.equal(400)
    expect(await upgrade('/client', {}), 'it goes on').to.equal(101)
  })

  it('what a route throws while it looks at a request is the answer 500 to that request', async () => {
    await serve()
    server.route(tapPath, {
      frameBytesMax: 1,
      connectionsMax: 1,
      refuses: () => {
        throw new Error('of this request alone')
      },
      accepted: () => undefined,
      failed: () => undefined,
    })
    expect(await upgrade(tapPath, {})).to.equal(500)
    expect(log.map(({ code }) => code)).to.include('requestFailed')
    expect(await upgrade('/client', {}), 'it goes on').to.equal(101)
  })
})
