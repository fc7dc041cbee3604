import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { pack } from '../../../net/codec/pack.ts'
import type { Greeting } from '../../../net/transport.ts'
import { createHelloCodec } from '../../../net/ws/hello.ts'
import type { WsTransport } from '../../../net/ws/transport.ts'
import { ballot, greetingOf, type Listener, listen, until } from '../../contracts/transport.ts'
import { codec, createWsWorld, type WsWorld } from './world.ts'

/** Longer than any pause of a loaded machine. */
const longMs = 600_000
const limits = { ...defaultLimits, frameBytesMax: 2 * 1024 * 1024, greetingTimeoutMs: longMs, pingIntervalMs: longMs }
const hellos = createHelloCodec(limits)

interface Stranger {
  readonly socket: WebSocket
  readonly frames: Buffer[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens a socket to the peers' door and says what it is told to say. */
async function knock(url: string, ...frames: (Uint8Array | string)[]): Promise<Stranger> {
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  const received: Buffer[] = []
  socket.on('message', data => received.push(data as Buffer))
  const closed = new Promise<{ code: number; reason: string }>(resolve =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  await new Promise(resolve => socket.once('open', resolve))
  for (const frame of frames) socket.send(frame)
  return { socket, frames: received, closed }
}

describe('ws transport: hostile and mistaken peers', () => {
  let world: WsWorld
  let one: Listener
  let transport: WsTransport
  let door: string
  beforeEach(async () => {
    world = await createWsWorld(limits)
    transport = await world.transport(1)
    one = listen(transport, greetingOf(1))
    door = `${world.endpoints.get(1)}/peer`
  })
  afterEach(async () => {
    await world.close()
  })
  const hello = (member: number, change: Partial<Greeting> = {}, to = 1): Uint8Array =>
    hellos.encode(greetingOf(member, change), to)

  const refused = (name: string, first: () => Uint8Array | string, code: number, reason: RegExp): void => {
    it(`refuses ${name}`, async () => {
      const stranger = await knock(door, first())
      expect(await stranger.closed).to.satisfy(
        (end: { code: number; reason: string }) => end.code === code && reason.test(end.reason),
      )
      expect(stranger.frames, 'it learns nothing').to.deep.equal([])
      expect(one.greeted.filter(line => line.startsWith('2'))).to.deep.equal([])
      await until('it is counted', () => transport.counters.connectionsRejected >= 1 || code === 1003)
      expect(one.received).to.deep.equal([])
    })
  }
  refused('a random mebibyte', () => Buffer.concat([Buffer.of(0xc1), randomBytes(1024 * 1024)]), 4403, /hello/)
  refused('a frame of text', () => 'hello', 1003, /binary/)
  refused('a wrong cluster', () => hello(2, { cluster: 'other' }), 4403, /cluster 'contract', not 'other'/)
  refused('an unknown member', () => hello(9), 4403, /9 is no member; the members are 1, 2, 3/)
  refused('its own id', () => hello(1), 4403, /another process has my id/)
  refused('a hello for another member', () => hello(2, {}, 3), 4403, /this is member 1, not 3/)
  refused('another epoch', () => hello(2, { epoch: 2 }), 4403, /this is epoch 1, not 2/)
  refused('another list of members', () => hello(2, { members: [1, 2] }), 4403, /1, 2, 3 here, and 1, 2 at member 2/)
  refused('another protocol', () => pack(['raft', 2, 0], 'hello'), 4403, /'epaxos' is expected/)

  it('refuses a frame that is too large before it has all of it', async () => {
    const stranger = await knock(door, new Uint8Array(limits.frameBytesMax + 1))
    expect((await stranger.closed).code).to.be.oneOf([1009, 1006])
  })

  it('ends a connection that says nothing, before and after the upgrade', async () => {
    const hasty = await createWsWorld({ ...limits, greetingTimeoutMs: 1_000 })
    listen(await hasty.transport(1), greetingOf(1))
    const { hostname, port } = new URL(hasty.endpoints.get(1)!)
    const bare = connect(Number(port), hostname)
    bare.on('error', () => {})
    await new Promise(resolve => bare.once('close', resolve))
    const stranger = await knock(`${hasty.endpoints.get(1)}/peer`)
    expect(await stranger.closed).to.deep.equal({ code: 4408, reason: 'no greeting for 1000 ms' })
    await hasty.close()
  })

  it('ends a connection that sends before it is let in', async () => {
    const stranger = await knock(door, hello(2), codec.encodeMessages([ballot(1)]))
    expect((await stranger.closed).code).to.equal(4400)
    expect(one.received).to.deep.equal([])
  })

  it('ends only the connection of a peer that sends garbage', async () => {
    const stranger = await knock(door, hello(2))
    await until('it is greeted back', () => stranger.frames.length === 1)
    stranger.socket.send(codec.encodeMessages([ballot(5)]))
    await until('its frame arrives', () => one.received.length === 1)
    stranger.socket.send(Buffer.concat([Buffer.of(0xc1), randomBytes(1024 * 1024)]))
    const { code, reason } = await stranger.closed
    expect(code).to.equal(4400)
    expect(reason).to.match(/frame/)
    const rejected = world.told.map(({ event }) => event).filter(event => event.code === 'incomingLinkRejected')
    expect(rejected.map(({ peer }) => peer)).to.include(2)
    expect(rejected.find(({ peer }) => peer === 2)!.detail).to.match(/^frame/)
    const again = await knock(door, hello(2))
    await until('it may come back', () => again.frames.length === 1)
    expect(one.received).to.have.lengthOf(1)
    again.socket.terminate()
  })

  it('lets a member in after growing pauses that sends garbage again and again', async () => {
    // Each link is let in, or refused for its pause; the pauses grow until one is longer than it takes to come back.
    for (let tries = 0; ; tries++) {
      const stranger = await knock(door, hello(2))
      stranger.socket.once('message', () => stranger.socket.send(Buffer.of(0xc1)))
      const { code, reason } = await stranger.closed
      if (code === 4403) {
        expect(reason).to.match(/links of member 2 were ended for malformed frames: it may come back in \d+ ms/)
        return
      }
      expect(tries, 'links that were let in').to.be.below(20)
    }
  })

  it('takes the newer of two connections of one member', async () => {
    const older = await knock(door, hello(2))
    await until('it is greeted back', () => older.frames.length === 1)
    const newer = await knock(door, hello(2))
    expect(await older.closed).to.deep.equal({
      code: 4409,
      reason: 'a newer connection of member 2 takes its place',
    })
    await until('the newer is greeted back', () => newer.frames.length === 1)
    newer.socket.send(codec.encodeMessages([ballot(6)]))
    await until('its frame arrives', () => one.received.length === 1)
    newer.socket.terminate()
  })

  it('answers other paths, and plain HTTP, with a word of help', async () => {
    const base = world.endpoints.get(1)!.replace('ws:', 'http:')
    const plain = await fetch(base)
    expect(plain.status).to.equal(426)
    expect(await plain.text()).to.contain('/client')
    const wrong = new WebSocket(`${world.endpoints.get(1)}/elsewhere`)
    const error = await new Promise<Error>(resolve => wrong.once('error', resolve))
    expect(error.message).to.contain('404')
  })
})
