import type { Message } from '../../machines/protocol/messages.ts'
import { systemClock } from '../../net/system-clock.ts'
import { systemRandom } from '../../net/system-random.ts'
import { createWsServer } from '../../net/ws/server.ts'
import { createWsTransport } from '../../net/ws/transport.ts'
import type { PuppetLink } from './puppet.ts'
import { puppetLimits as limits, puppetCodec } from './puppet-codec.ts'

/** Listens as a member of a real cluster, whose bytes are its own. */
export async function wsLink(members: ReadonlyMap<number, string>, member: number): Promise<PuppetLink> {
  const url = new URL(members.get(member)!)
  const server = createWsServer({ host: url.hostname, port: Number(url.port), clock: systemClock, limits })
  await new Promise<void>((resolve, reject) => {
    server.listen(error => (error === null ? resolve() : reject(error)))
  })
  const raw = new WeakMap<Message, Uint8Array>()
  const transport = createWsTransport({
    server,
    members,
    codec: {
      ...puppetCodec,
      encodeMessages: messages => raw.get(messages[0]!) ?? puppetCodec.encodeMessages(messages),
    },
    clock: systemClock,
    random: systemRandom,
    limits,
  })
  return {
    transport,
    clock: systemClock,
    send(to, frame) {
      // The transport sends messages: this one stands for the bytes.
      const stand: Message = { type: 'stable', id: { epoch: 1, rank: 0, index: 1 } }
      raw.set(stand, frame)
      transport.send(to, [stand])
    },
    close: done => transport.stop(() => server.close(done)),
  }
}
