import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { NetLimits } from '../../../net/limits.ts'
import { createWsTransport, type WsTransport } from '../../../net/ws/transport.ts'
import { SlowLink } from '../../bench/large/slow-link.ts'
import { ballot, greetingOf, until } from '../../contracts/transport.ts'
import { clock, closeServer, codec, random, startServer, urlOf } from './world.ts'

/** Many pings are due while one frame is on its way. */
const limits: NetLimits = { ...defaultLimits, pingIntervalMs: 200 }
const bytes = 1_000_000
const large = (index: number): Message => ({
  type: 'preAccept',
  id: { epoch: 1, rank: 0, index },
  cmd: { footprint: { reads: [], writes: ['k'] }, payloads: [new Uint8Array(bytes)] },
  dep: [0, 0],
})

describe('ws transport: a slow link', () => {
  it('carries large frames: it is not taken for silence, and has no room meanwhile', async () => {
    const servers = [await startServer(limits), await startServer(limits)] as const
    const port = servers[1].address().port
    const link = await SlowLink.open(port, 1024 * 1024)
    const members = [1, 2]
    const seen = { up: false, downs: [] as string[], frames: 0, receiving: 0 }
    const transports: WsTransport[] = servers.map((server, at) =>
      createWsTransport({
        server,
        members: new Map([
          [1, urlOf(servers[0])],
          [2, at === 0 ? link.endpoint : urlOf(servers[1])],
        ]),
        codec,
        clock,
        random,
        limits,
      }),
    )
    for (const [at, transport] of transports.entries())
      transport.start(greetingOf(at + 1, { members }), {
        frame: (_, messages) => {
          seen.frames += messages.length
        },
        receiving: () => {
          seen.receiving++
        },
        greeted: (_, decide) => decide(null),
        linkUp: peer => {
          if (peer === 2) seen.up = true
        },
        linkDown: (peer, reason, detail) => {
          if (seen.up) seen.downs.push(`${peer} ${reason} ${detail}`)
        },
        failed: error => {
          throw error
        },
      })
    await until('the link is up', () => seen.up)
    const [one] = transports
    expect(one!.hasRoom!(2), 'before').to.equal(true)
    for (let index = 1; index <= 8; index++) one!.send(2, [large(index)])
    expect(one!.hasRoom!(2), 'while it carries much').to.equal(false)
    one!.send(2, [ballot(1)])
    await until('all have arrived', () => seen.frames === 9)
    expect(seen.downs).to.deep.equal([])
    expect(seen.receiving, 'bytes of unfinished frames were told of').to.be.above(8)
    await until('it has room again', () => one!.hasRoom!(2))
    for (const transport of transports) await new Promise<void>(resolve => transport.stop(resolve))
    await link.close()
    for (const server of servers) await closeServer(server)
  })
})
