import { expect } from 'chai'
import { WebSocket } from 'ws'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import type { Greeting } from '../../../net/transport.ts'
import { createHandshakeFrames, DiallerHandshake } from '../../../net/ws/handshake.ts'
import { createWsTransport, type WsTransport } from '../../../net/ws/transport.ts'
import { ballot, greetingOf, type Listener, listen, until } from '../../contracts/transport.ts'
import { clock, closeServer, codec, random, startServer, urlOf } from './world.ts'

const limits = defaultLimits
const frames = createHandshakeFrames(limits)
const { hellos } = frames
const secret = 'a secret of all three members'

interface Member {
  readonly listener: Listener
  readonly transport: WsTransport
  readonly url: string
}

/** A socket to a peers' door, driven by hand. */
interface Caller {
  readonly frames: Buffer[]
  readonly ends: { readonly code: number; readonly reason: string }[]
  send(frame: Uint8Array): void
}

describe('ws transport: the secret of a cluster (input 29)', () => {
  let stops: (() => Promise<void> | void)[]
  beforeEach(() => {
    stops = []
  })
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  /** Members 1 and 2 on real sockets, each with its secret. */
  async function members(secrets: readonly (string | undefined)[], change: Partial<Greeting> = {}): Promise<Member[]> {
    const servers = [await startServer(), await startServer()]
    const endpoints = new Map<ReplicaId, string>([
      [1, urlOf(servers[0]!)],
      [2, urlOf(servers[1]!)],
      [3, 'ws://127.0.0.1:1'],
    ])
    return servers.map((server, at) => {
      const options = { server, members: endpoints, codec, clock, random, limits, secret: secrets[at] }
      const transport = createWsTransport(options)
      stops.push(
        () => closeServer(server),
        () => new Promise<void>(resolve => transport.stop(resolve)),
      )
      return { transport, listener: listen(transport, greetingOf(at + 1, change)), url: urlOf(server) }
    })
  }
  async function call(url: string): Promise<Caller> {
    const socket = new WebSocket(`${url}/peer`)
    const frames: Buffer[] = []
    const ends: { code: number; reason: string }[] = []
    socket.on('error', () => {})
    socket.on('message', data => frames.push(data as Buffer))
    socket.on('close', (code, reason) => ends.push({ code, reason: reason.toString() }))
    stops.push(() => socket.terminate())
    await new Promise(resolve => socket.once('open', resolve))
    return { frames, ends, send: frame => socket.send(frame) }
  }
  const handshake = (member: ReplicaId, own: string | undefined) =>
    new DiallerHandshake(1, { greeting: greetingOf(member), frames, secret: own })
  const refused = async ({ ends }: Caller): Promise<string> => {
    await until('it is refused', () => ends.length === 1)
    expect(ends[0]!.code).to.equal(4403)
    return ends[0]!.reason
  }

  it('members that know it hear each other', async () => {
    const [one, two] = await members([secret, secret])
    await until('both links are up', () => one!.listener.up.has(2) && two!.listener.up.has(1))
    expect(one!.listener.greeted).to.include('2 with store of 2')
    one!.transport.send(2, [ballot(7)])
    await until('it has arrived', () => two!.listener.messagesOf(1).length === 1)
  })

  for (const [name, secrets, reason] of [
    ['another secret', [secret, 'a secret of somebody else'], /did not prove that it knows the cluster secret/],
    [
      'no secret, where there is one',
      [secret, undefined],
      /has a secret, and member 2 was not given it|has a cluster secret and this/,
    ],
    [
      'a secret, where there is none',
      [undefined, secret],
      /has a cluster secret and this one has none|has a secret, and member/,
    ],
  ] as const)
    it(`refuses a member with ${name}, on both sides, and hears no store of it`, async () => {
      const [one, two] = await members(secrets)
      const rejected = ({ listener }: Member) => listener.downs.filter(down => down.reason === 'rejected')
      await until('both have heard', () => rejected(one!).length > 0 && rejected(two!).length > 0)
      for (const { detail } of [...rejected(one!), ...rejected(two!)]) expect(detail).to.match(reason)
      expect([...one!.listener.greeted, ...two!.listener.greeted]).to.deep.equal([])
      expect([...one!.listener.up, ...two!.listener.up]).to.deep.equal([])
    })

  it('a stranger is told no store, neither of the member that it names nor of the one that it calls', async () => {
    const [one] = await members([secret, secret])
    const stranger = await call(one!.url)
    stranger.send(handshake(3, 'a guess of the secret').first())
    await until('it is challenged', () => stranger.frames.length === 1)
    stranger.send(stranger.frames[0]!)
    const told = Buffer.concat(stranger.frames).toString('latin1') + (await refused(stranger))
    expect(told).to.not.match(/store of/)
    expect(one!.listener.greeted.filter(line => line.startsWith('3'))).to.deep.equal([])
  })

  it('a recorded greeting is worth nothing', async () => {
    const [one] = await members([secret, secret])
    const honest = await call(one!.url)
    const three = handshake(3, secret)
    const recorded = [three.first()]
    honest.send(recorded[0]!)
    await until('it is challenged', () => honest.frames.length === 1)
    const step = three.take(honest.frames[0]!)
    if (step.kind !== 'say') throw new Error(step.kind)
    recorded.push(step.frame)
    honest.send(recorded[1]!)
    await until('it is let in', () => one!.listener.greeted.includes('3 with store of 3'))
    await until('and answered', () => honest.frames.length === 2)
    expect(three.take(honest.frames[1]!)).to.deep.include({ kind: 'met', peer: 1 })

    const replayed = await call(one!.url)
    for (const frame of recorded) replayed.send(frame)
    expect(await refused(replayed)).to.match(/member 3 did not prove/)
    // Nor does the proof of one side pass for the other's, or that of one member for another's.
    const mirrored = await call(one!.url)
    mirrored.send(handshake(2, secret).first())
    await until('it is challenged', () => mirrored.frames.length === 1)
    mirrored.send(recorded[1]!)
    expect(await refused(mirrored)).to.match(/member 2 did not prove/)
    expect(honest.ends, 'the true one stays').to.deep.equal([])
  })

  it('a dialled process that only repeats what it hears is no member', async () => {
    const three = handshake(3, secret)
    const first = three.first()
    expect(three.take(first)).to.deep.include({ kind: 'refuse' })
    expect(handshake(3, secret).take(hellos.encode(greetingOf(1), 3)), 'one without a secret').to.deep.include({
      kind: 'refuse',
    })
  })

  it('says of a store that is refused nothing that would help a stranger', async () => {
    // Without a secret too: the reason for a refusal names no identity (actors/records/peer-stores.ts).
    const [one] = await members([undefined, undefined])
    const stranger = await call(one!.url)
    stranger.send(hellos.encode(greetingOf(3, { storeIdentity: 'a guess' }), 1))
    await until('it is refused', () => stranger.ends.length === 1)
    expect(stranger.ends[0]).to.deep.include({ code: 4410 })
    expect(stranger.frames).to.deep.equal([])
  })
})
