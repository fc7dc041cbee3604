import { InvariantError } from '../../machines/protocol/errors.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Clock } from '../clock.ts'
import type { Greeting, LinkDownReason, Transport, TransportEvents } from '../transport.ts'
import type { Wires } from './wires.ts'

/** A transport of one process, with what the network and its peers need of it. */
export interface MemoryTransport extends Transport {
  readonly greeting: Greeting
  readonly events: TransportEvents
  readonly isStopped: boolean
  /** Greets a peer again unless the link is up: it is there now, or the way is open again. */
  dial(peer: ReplicaId): void
  /** The link to a peer is no more. */
  lose(peer: ReplicaId, reason: LinkDownReason, detail: string): void
}

type LinkState = 'greeting' | 'up' | LinkDownReason

/** @param started those that were started and not stopped yet: where peers find each other */
export function createMemoryTransport(
  me: ReplicaId,
  clock: Clock,
  wires: Wires,
  started: Map<ReplicaId, MemoryTransport>,
): Transport {
  let greeting: Greeting | undefined
  let events: TransportEvents | undefined
  let isStopped = false
  const links = new Map<ReplicaId, LinkState>()
  /** The latest greeting of each peer: an earlier one that was cut short counts no more. */
  const attempts = new Map<ReplicaId, object>()
  const later = (callback: () => void): void => {
    clock.setTimeout(() => {
      if (!isStopped) callback()
    }, 0)
  }

  const self: MemoryTransport = {
    get greeting() {
      return begun(greeting)
    },
    get events() {
      return begun(events)
    },
    get isStopped() {
      return isStopped
    },
    start(myGreeting, myEvents) {
      if (started.has(me)) throw new InvariantError(`member ${me} is started twice`)
      greeting = myGreeting
      events = myEvents
      started.set(me, self)
      for (const peer of greeting.members) {
        if (peer === me) continue
        self.dial(peer)
        started.get(peer)?.dial(me)
      }
    },
    send(to, messages) {
      const peer = started.get(to)
      if (links.get(to) !== 'up' || peer === undefined) return
      wires.send(me, to, messages, arrived => {
        if (!peer.isStopped) peer.events.frame(me, arrived)
      })
    },
    stop(done) {
      isStopped = true
      if (started.get(me) === self) started.delete(me)
      for (const peer of started.values()) {
        peer.lose(me, 'closed', `member ${me} stopped`)
        peer.dial(me)
      }
      clock.setTimeout(done, 0)
    },
    dial(peer) {
      const state = links.get(peer)
      if (state === 'greeting' || state === 'up') return
      links.set(peer, 'greeting')
      const attempt = {}
      attempts.set(peer, attempt)
      later(() => greet(peer, state, attempt))
    },
    lose(peer, reason, detail) {
      const before = links.get(peer)
      links.set(peer, reason)
      if (before !== reason) later(() => self.events.linkDown(peer, reason, detail))
    },
  }

  /** First the peer decides about us, then we about it. @param before the state that was reported last */
  function greet(id: ReplicaId, before: LinkState | undefined, attempt: object): void {
    const isCurrent = (): boolean => links.get(id) === 'greeting' && attempts.get(id) === attempt
    if (!isCurrent()) return
    const fail = (reason: LinkDownReason, detail: string): void => {
      links.set(id, reason)
      if (before !== reason) self.events.linkDown(id, reason, detail)
    }
    const peer = started.get(id)
    if (peer === undefined) fail('refused', `member ${id} is not started`)
    else if (wires.isCut(me, id) || wires.isCut(id, me)) fail('silent', `the way to member ${id} is cut`)
    else if (peer.greeting.cluster !== self.greeting.cluster)
      fail('rejected', `member ${id} is of cluster '${peer.greeting.cluster}'`)
    else
      decide(peer.events, me, self.greeting.storeIdentity, () =>
        decide(self.events, id, peer.greeting.storeIdentity, () => {
          links.set(id, 'up')
          self.events.linkUp(id)
        }),
      )

    function decide(by: TransportEvents, about: ReplicaId, storeIdentity: string, agreed: () => void): void {
      by.greeted(about, storeIdentity, refusal =>
        later(() => {
          if (!isCurrent() || peer?.isStopped) return
          if (refusal === null) agreed()
          else fail('rejected', refusal.message)
        }),
      )
    }
  }
  return self
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new InvariantError('the transport is not started')
  return value
}
