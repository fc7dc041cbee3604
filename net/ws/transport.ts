import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Clock, Random } from '../clock.ts'
import type { Codec } from '../codec.ts'
import type { NetEvent } from '../events.ts'
import type { NetLimits } from '../limits.ts'
import type { Transport } from '../transport.ts'
import { type Acceptor, createAcceptor } from './acceptor.ts'
import { type Counters, createCounters } from './counters.ts'
import { createDialler, type Dialler } from './dialler.ts'
import { createHelloCodec } from './hello.ts'
import type { WsServer } from './server.ts'
import { splitFrames } from './split-frames.ts'
import { endpointUrl, peerPath } from './url.ts'

export interface WsTransportOptions {
  /** Where peers reach this replica. It must listen for them to do so; the transport leaves that to its owner. */
  readonly server: WsServer
  /** All members, this one included, and their endpoints: `ws://127.0.0.1:7101`. */
  readonly members: ReadonlyMap<ReplicaId, string>
  readonly codec: Codec
  readonly clock: Clock
  readonly random: Random
  readonly limits: NetLimits
  readonly log?: (event: NetEvent) => void
}

export interface WsTransport extends Transport {
  readonly counters: Readonly<Counters>
}

/** Peers that are just being greeted, and older connections that are just being replaced, come on top of members. */
const connectionsPerMember = 4

/**
 * Replicas over WebSockets: each dials every other one and sends on the connection that it dialled; what it receives
 * comes on those that others dialled. Frames may arrive from a peer before the link to it is up, and after.
 * @throws EpaxosError `badEndpoint`
 */
export function createWsTransport(options: WsTransportOptions): WsTransport {
  const { server, codec, clock, random, limits } = options
  const log = options.log ?? (() => {})
  const urls = new Map([...options.members].map(([id, endpoint]) => [id, endpointUrl(endpoint, peerPath)]))
  const hellos = createHelloCodec(limits)
  const counters = createCounters()
  const diallers = new Map<ReplicaId, Dialler>()
  let acceptor: Acceptor | undefined
  let unroute = (): void => {}

  return {
    counters,
    start(greeting, events) {
      const { member: me, members } = greeting
      const unknown = members.find(id => !urls.has(id))
      if (unknown !== undefined) throw new EpaxosError('unknownMember', `no endpoint is given for member ${unknown}`)

      acceptor = createAcceptor(
        { greeting, hellos, codec, clock, limits, log },
        {
          greeted: (peer, storeIdentity, decide) => events.greeted(peer, storeIdentity, decide),
          admitted: peer => diallers.get(peer)?.dialNow(),
          frame(peer, messages, bytes) {
            counters.framesReceived++
            counters.bytesReceived += bytes
            if (messages.length > 0) events.frame(peer, messages)
          },
          rejected: () => counters.connectionsRejected++,
        },
      )
      unroute = server.route(peerPath, {
        frameBytesMax: limits.frameBytesMax,
        connectionsMax: connectionsPerMember * limits.membersMax,
        accepted: acceptor.accept,
        failed: error => events.failed(error),
      })
      for (const peer of members) {
        if (peer === me) continue
        const url = urls.get(peer)!
        const dialler = createDialler(
          { peer, url, greeting, hellos, clock, random, limits },
          {
            greeted: (storeIdentity, decide) => events.greeted(peer, storeIdentity, decide),
            up() {
              log({ code: 'linkUp', peer })
              events.linkUp(peer)
            },
            down(reason, detail) {
              log({ code: 'linkDown', peer, reason, detail })
              events.linkDown(peer, reason, detail)
            },
          },
        )
        diallers.set(peer, dialler)
      }
    },
    send(to, messages) {
      const dialler = diallers.get(to)
      if (dialler === undefined || !dialler.isUp) {
        counters.framesDropped++
        return
      }
      for (const frame of splitFrames(codec.encodeMessages, messages, limits.frameMessagesMax, limits.frameBytesMax)) {
        if (frame === undefined) log({ code: 'messageTooLarge', peer: to, frameBytesMax: limits.frameBytesMax })
        if (frame === undefined || !dialler.send(frame)) {
          counters.framesDropped++
          continue
        }
        counters.framesSent++
        counters.bytesSent += frame.length
      }
    },
    stop(done) {
      unroute()
      let left = diallers.size + 1
      const ended = (): void => {
        if (--left === 0) done()
      }
      for (const dialler of diallers.values()) dialler.stop(ended)
      if (acceptor === undefined) queueMicrotask(ended)
      else acceptor.stop(ended)
    },
  }
}
