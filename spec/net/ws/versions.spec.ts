import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { WebSocket, WebSocketServer } from 'ws'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type ClientAnswer, clientMessageNumbers, isRequest } from '../../../machines/protocol/client-messages.ts'
import { protocolVersion } from '../../../machines/protocol/version.ts'
import type { ConnectionEnd } from '../../../net/clients.ts'
import { pack, unpack } from '../../../net/codec/pack.ts'
import { createWsClientListener } from '../../../net/ws/client-listener.ts'
import { createWsConnector } from '../../../net/ws/connector.ts'
import type { WsServer } from '../../../net/ws/server.ts'
import { createWsTransport, type WsTransport } from '../../../net/ws/transport.ts'
import { greetingOf, type Listener, listen, until } from '../../contracts/transport.ts'
import { recordedVersions, withoutAbsent } from '../codec/support/recorded.ts'
import { clock, closeServer, codec, random, startServer, urlOf } from './world.ts'

const { major, minor } = protocolVersion
const unpacked = (bytes: Uint8Array): unknown[] =>
  unpack(bytes, 'frame', { itemsMax: 10_000, depthMax: 20, plainData: true }) as unknown[]
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Another process on a real socket, which says what it is told to say. */
interface Other {
  readonly frames: Buffer[]
  readonly ends: { readonly code: number; readonly reason: string }[]
  send(frame: Uint8Array): void
  close(): void
}
function other(socket: WebSocket): Other {
  const frames: Buffer[] = []
  const ends: { code: number; reason: string }[] = []
  socket.on('error', () => {})
  socket.on('message', data => frames.push(data as Buffer))
  socket.on('close', (code, reason) => ends.push({ code, reason: reason.toString() }))
  return { frames, ends, send: frame => socket.send(frame), close: () => socket.terminate() }
}
async function dialOther(url: string): Promise<Other> {
  const socket = new WebSocket(url)
  const dialled = other(socket)
  await new Promise(resolve => socket.once('open', resolve))
  return dialled
}

/** A server of another process; `first` is what it says to whoever comes, at once or in answer to the first frame. */
async function otherServer(first: Uint8Array, at: 'once' | 'first frame') {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const connections: Other[] = []
  server.on('connection', socket => {
    connections.push(other(socket))
    if (at === 'once') socket.send(first)
    else socket.once('message', () => socket.send(first))
  })
  await new Promise(resolve => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    async close() {
      for (const each of connections) each.close()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What a newer minor version may say: fields added at the end of everything, and types of messages of its own. */
function newer(frame: Uint8Array): Uint8Array {
  const messages = unpacked(frame) as unknown[][]
  return pack([[250, 'of a newer version', [1, [2]]], ...messages.map(each => [...each, 'newer', [3]]), [251]], 'frame')
}
const newerHello = (frame: Uint8Array): Uint8Array => {
  const [magic, , , ...rest] = unpacked(frame)
  return pack([magic, major, minor + 7, ...rest, 'newer', [1]], 'hello')
}
const otherHello = (frame: Uint8Array, otherMajor: number): Uint8Array =>
  pack([...unpacked(frame).slice(0, 1), otherMajor, 4, 'else'], 'hello')

describe('ws: versions', () => {
  let cleanUp: (() => void | Promise<void>)[]
  beforeEach(() => {
    cleanUp = []
  })
  afterEach(async () => {
    for (const step of cleanUp.reverse()) await step()
  })

  const listeningServer = async (): Promise<WsServer> => {
    const server = await startServer()
    cleanUp.push(() => closeServer(server))
    return server
  }
  /** Member 1, of this version; member 2 is where the spec says. */
  async function member1(url2 = 'ws://127.0.0.1:1'): Promise<{ one: Listener; transport: WsTransport; door: string }> {
    const server = await listeningServer()
    const members = new Map([
      [1, urlOf(server)],
      [2, url2],
      [3, 'ws://127.0.0.1:1'],
    ])
    const transport = createWsTransport({ server, members, codec, clock, random, limits: defaultLimits })
    cleanUp.push(() => new Promise<void>(resolve => transport.stop(resolve)))
    return { one: listen(transport, greetingOf(1)), transport, door: `${urlOf(server)}/peer` }
  }

  for (const recorded of recordedVersions) {
    const name = `${recorded.version.major}.${recorded.version.minor}`
    const peerFrames = Object.values(recorded.messages)
    const meant = peerFrames.flatMap(({ means }) => means)
    // What a newer version adds stands behind all that this one has.
    const isLatest = recorded.version.minor === minor

    for (const [who, hello, frameOf] of [
      [`a peer of version ${name}`, recorded.hello.frame, (frame: Uint8Array) => frame],
      ...(isLatest ? [[`a peer of a newer minor version`, newerHello(recorded.hello.frame), newer] as const] : []),
    ] as const) {
      it(`${who} is let in, and all that it says is heard`, async () => {
        const { one, door } = await member1()
        const two = await dialOther(door)
        cleanUp.push(two.close)
        two.send(hello)
        await until('it is greeted back', () => two.frames.length === 1)
        expect(unpacked(two.frames[0]!).slice(0, 3)).to.deep.equal(['epaxos', major, minor])
        for (const { frame } of peerFrames) two.send(frameOf(frame))
        await until('all has arrived', () => one.messagesOf(2).length === meant.length)
        expect(withoutAbsent(one.messagesOf(2))).to.deep.equal(meant)
        expect(two.ends).to.deep.equal([])
      })

      it(`${who} that is dialled is talked to in frames that it has always known`, async () => {
        const two = await otherServer(hello, 'first frame')
        cleanUp.push(two.close)
        const { one, transport } = await member1(two.url)
        await until('the link is up', () => one.up.has(2))
        for (const { means } of peerFrames) transport.send(2, means)
        await until('all is sent', () => two.connections[0]!.frames.length === 1 + peerFrames.length)
        if (isLatest)
          expect(two.connections[0]!.frames.slice(1).map(hex)).to.deep.equal(peerFrames.map(({ frame }) => hex(frame)))
      })
    }

    const requests = Object.values(recorded.clientMessages).filter(({ means }) => means.every(isRequest))
    const answers = Object.values(recorded.clientMessages).filter(({ means }) => !means.some(isRequest))
    const [welcome] = answers.filter(({ means }) => means[0]?.type === 'welcome')
    const others = answers.filter(each => each !== welcome)

    for (const [who, frameOf] of [
      [`of version ${name}`, (frame: Uint8Array) => frame],
      ...(isLatest ? [['of a newer minor version', newer] as const] : []),
    ] as const) {
      it(`a client ${who} is heard`, async () => {
        const server = await listeningServer()
        const listener = createWsClientListener({ server, codec, clock, limits: defaultLimits })
        cleanUp.push(() => new Promise<void>(resolve => listener.stop(resolve)))
        const heard: unknown[] = []
        listener.start(() => ({ requests: said => heard.push(...said), closed: () => undefined }))
        const client = await dialOther(`${urlOf(server)}/client`)
        cleanUp.push(client.close)
        for (const { frame } of requests) client.send(frameOf(frame))
        const all = requests.flatMap(({ means }) => means)
        await until('all has arrived', () => heard.length === all.length)
        expect(withoutAbsent(heard)).to.deep.equal(all)
      })

      it(`a replica ${who} is heard`, async () => {
        // Its welcome comes first of all, in every version.
        const first = frameOf === newer ? [...unpacked(newer(welcome!.frame)).slice(1)] : unpacked(welcome!.frame)
        const replica = await otherServer(pack(first, 'frame'), 'once')
        cleanUp.push(replica.close)
        const heard: ClientAnswer[] = []
        let opened: unknown
        const connection = createWsConnector({ codec, clock, limits: defaultLimits }).connect(replica.url, {
          open: message => {
            opened = message
          },
          answers: said => heard.push(...said),
          ended: () => undefined,
        })
        cleanUp.push(() => connection.close())
        await until('it is welcomed', () => opened !== undefined)
        expect(withoutAbsent(opened)).to.deep.equal(welcome!.means[0])
        for (const { frame } of others) replica.connections[0]!.send(frameOf(frame))
        const all = others.flatMap(({ means }) => means)
        await until('all has arrived', () => heard.length === all.length)
        expect(withoutAbsent(heard)).to.deep.equal(all)
      })
    }
  }

  const [{ hello }] = recordedVersions as [(typeof recordedVersions)[number]]
  for (const otherMajor of [major - 1, major + 1]) {
    const both = `protocol version ${major}.${minor} is spoken here, and ${otherMajor}.4 there`

    it(`a peer of major version ${otherMajor} is refused, whatever else its hello says, and hears why`, async () => {
      const { one, transport, door } = await member1()
      const two = await dialOther(door)
      cleanUp.push(two.close)
      two.send(otherHello(hello.frame, otherMajor))
      await until('it is refused', () => two.ends.length === 1)
      expect(two.ends).to.deep.equal([{ code: 4403, reason: both }])
      expect(two.frames, 'it learns nothing else').to.deep.equal([])
      expect(one.greeted).to.deep.equal([])
      expect(transport.counters.connectionsRejected).to.equal(1)
    })

    it(`a peer of major version ${otherMajor} that is dialled is refused, and both hear why`, async () => {
      const two = await otherServer(otherHello(hello.frame, otherMajor), 'first frame')
      cleanUp.push(two.close)
      const { one } = await member1(two.url)
      const downs = () => one.downs.filter(({ peer }) => peer === 2)
      await until('the link is down', () => downs().length > 0)
      expect(downs()[0]).to.deep.equal({ peer: 2, reason: 'rejected', detail: both })
      await until('it is told', () => two.connections[0]!.ends.length === 1)
      expect(two.connections[0]!.ends).to.deep.equal([{ code: 4403, reason: both }])
    })

    it(`a replica of major version ${otherMajor} is refused by a client, whatever else its welcome says`, async () => {
      const odd = pack([[clientMessageNumbers.welcome, otherMajor, 4, { anything: -1.5 }], 'else'], 'frame')
      const replica = await otherServer(odd, 'once')
      cleanUp.push(replica.close)
      const ends: ConnectionEnd[] = []
      createWsConnector({ codec, clock, limits: defaultLimits }).connect(replica.url, {
        open: () => {
          throw new Error('it is not welcome')
        },
        answers: () => undefined,
        ended: end => ends.push(end),
      })
      await until('it has ended', () => ends.length === 1)
      expect(ends).to.deep.equal([{ code: 'rejected', reason: both }])
    })
  }
})
