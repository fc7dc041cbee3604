import { createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { NetLimits } from '../../../net/limits.ts'
import { createWsServer } from '../../../net/ws/server.ts'
import { createWsTransport } from '../../../net/ws/transport.ts'
import { ballot, greetingOf, listen, until } from '../../contracts/transport.ts'
import { clock, closeServer, codec, createWsWorld, random, startServer, urlOf } from './world.ts'

const large = (bytes: number): Message => ({
  type: 'preAccept',
  id: { epoch: 1, rank: 0, index: 1 },
  cmd: { footprint: { reads: [], writes: 'all' }, payloads: [new Uint8Array(bytes)] },
  dep: [0, 0, 0],
})

describe('ws transport: links', () => {
  it('reaches a restarted peer soon, however long the pause between dials has become', async () => {
    const limits: NetLimits = { ...defaultLimits, reconnectDelayMs: 3_600_000, reconnectDelayMaxMs: 3_600_000 }
    const world = await createWsWorld(limits)
    const one = listen(await world.transport(1), greetingOf(1))
    let two = listen(await world.transport(2), greetingOf(2))
    // Member 2 was not there when 1 dialled first; it is dialled again because it greets.
    await until('the link is up', () => one.up.has(2) && two.up.has(1))
    await world.kill(2)
    await until('it is down', () => !one.up.has(2))
    two = listen(await world.transport(2), greetingOf(2))
    await until('it is up again', () => one.up.has(2) && two.up.has(1))
    await world.close()
  })

  it('drops frames beyond the bound of the queue, and counts them', async () => {
    const limits: NetLimits = { ...defaultLimits, linkQueueBytesMax: 1024 * 1024 }
    const world = await createWsWorld(limits)
    const transport = await world.transport(1)
    const one = listen(transport, greetingOf(1))
    const two = listen(await world.transport(2), greetingOf(2))
    await until('the link is up', () => one.up.has(2))
    // Nothing is read before this turn ends, and of 30 MB the kernel holds some 10 at most.
    for (let i = 0; i < 300; i++) one.transport.send(2, [large(100_000)])
    const { framesDropped, framesSent } = transport.counters
    expect(framesDropped).to.be.greaterThan(150)
    await until('the rest arrives', () => two.received.length === framesSent)
    one.transport.send(2, [ballot(1)])
    await until('the link goes on', () => two.messagesOf(1).at(-1)?.type === 'acceptOk')
    await world.close()
  })

  it('sends in several frames what one may not hold', async () => {
    const limits: NetLimits = { ...defaultLimits, frameBytesMax: 250_000, frameMessagesMax: 10 }
    const world = await createWsWorld(limits)
    const one = listen(await world.transport(1), greetingOf(1))
    const two = listen(await world.transport(2), greetingOf(2))
    await until('the link is up', () => one.up.has(2))
    one.transport.send(2, [
      ...Array.from({ length: 25 }, (_, i) => ballot(i)),
      large(100_000),
      large(100_000),
      large(9),
    ])
    one.transport.send(2, [large(300_000), ballot(99)])
    await until('all but what fits nowhere has arrived', () => two.messagesOf(1).length === 29)
    expect(two.messagesOf(1).map(message => ('bal' in message ? message.bal : message.type))).to.deep.equal([
      ...Array.from({ length: 25 }, (_, i) => i),
      'preAccept',
      'preAccept',
      'preAccept',
      99,
    ])
    expect(world.told.map(({ event }) => event.code)).to.include('messageTooLarge')
    await world.close()
  })

  it('gives up a peer that answers nothing, and says why', async () => {
    const sockets = new Set<Socket>()
    const mute: Server = createServer(socket => sockets.add(socket.on('error', () => {})))
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as { port: number }
    const server = await startServer()
    const transport = createWsTransport({
      server,
      members: new Map([
        [1, urlOf(server)],
        [2, `ws://127.0.0.1:${port}`],
        [3, 'ws://127.0.0.1:1'],
      ]),
      codec,
      clock,
      random,
      limits: { ...defaultLimits, connectTimeoutMs: 1_000 },
    })
    const one = listen(transport, greetingOf(1))
    await until('both are down', () => one.downs.length >= 2)
    expect(one.downs.map(({ peer, reason }) => `${peer} ${reason}`).sort()).to.deep.equal(['2 silent', '3 refused'])
    await new Promise<void>(resolve => transport.stop(resolve))
    await closeServer(server)
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => mute.close(resolve))
  })

  it('says which port is in use', async () => {
    const server = await startServer()
    const { port } = server.address()
    const second = createWsServer({ host: '127.0.0.1', port, clock, limits: defaultLimits })
    const error = await new Promise<EpaxosError | null>(resolve => second.listen(resolve))
    expect(error).to.be.instanceOf(EpaxosError)
    expect(error).to.include({ code: 'portInUse' })
    expect(error!.message).to.contain(`127.0.0.1:${port}`)
    await closeServer(second)
    await closeServer(server)
  })
})
