import type { Clock } from '../../machines/protocol/clock.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Codec } from '../codec.ts'
import type { LinkDownReason, Transport, TransportEvents } from '../transport.ts'
import { type Fate, SimulatedNetwork } from './network.ts'

export interface MemoryNetworkOptions {
  readonly clock: Clock
  /** When given, every frame is encoded and decoded on its way, as it would be between processes. */
  readonly codec?: Codec
  /** The fate of each frame; left out: it arrives at once. */
  readonly fate?: Fate
}

/** A network of replicas in one process. Several networks in one process are separate. */
export interface MemoryNetwork {
  /** A transport for this member. Another one for the same member, a restart, comes after the first was stopped. */
  transport(id: ReplicaId): Transport
  /**
   * Cuts the link from `from` to `to`: it carries nothing from here on, and goes down as `silent`. The other direction
   * is untouched.
   */
  cut(from: ReplicaId, to: ReplicaId): void
  /** Ends a cut: the two greet again. */
  heal(from: ReplicaId, to: ReplicaId): void
}

/** Time after which a member without a link retries: a dial within one process costs little. */
const redialMs = 10

/**
 * A network without replicas, for programs and specs of one process: the simulated one, without faults. Everything
 * arrives later, by the clock, in the order in which it was sent.
 */
export function createMemoryNetwork({ clock, codec, fate = () => [0] }: MemoryNetworkOptions): MemoryNetwork {
  const network = new SimulatedNetwork({ fate, greetingMs: () => 0, codec, firstDialMs: 0, redialMs })
  const host = { isDead: false, after: (delayMs: number, run: () => void) => void clock.setTimeout(run, delayMs) }
  return {
    transport: id => toldOnce(network.transport(id, host)),
    cut(from, to) {
      network.cut(from, to)
      network.breakLink(from, to)
    },
    heal: (from, to) => network.heal(from, to),
  }
}

/**
 * A transport that reports once that a link is down, however often it is retried in vain, and nothing once it is
 * stopped.
 */
function toldOnce(transport: Transport): Transport {
  let isStopped = false
  const unlessStopped =
    <A extends unknown[]>(tell: (...args: A) => void) =>
    (...args: A): void => {
      if (!isStopped) tell(...args)
    }
  return {
    start(greeting, events) {
      const last = new Map<ReplicaId, LinkDownReason>()
      const told: TransportEvents = {
        ...events,
        frame: unlessStopped(events.frame),
        greeted: unlessStopped(events.greeted),
        linkUp: unlessStopped(peer => {
          last.delete(peer)
          events.linkUp(peer)
        }),
        linkDown: unlessStopped((peer, reason, detail) => {
          if (last.get(peer) === reason) return
          last.set(peer, reason)
          events.linkDown(peer, reason, detail)
        }),
      }
      transport.start(greeting, told)
    },
    send: (to, messages) => transport.send(to, messages),
    stop(done) {
      isStopped = true
      transport.stop(done)
    },
  }
}
