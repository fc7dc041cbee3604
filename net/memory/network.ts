import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Clock } from '../clock.ts'
import type { Codec } from '../codec.ts'
import type { Transport } from '../transport.ts'
import { createMemoryTransport, type MemoryTransport } from './transport.ts'
import { createWires, type Fate } from './wires.ts'

export interface MemoryNetworkOptions {
  readonly clock: Clock
  /** When given, every frame is encoded and decoded on its way, as it would be between processes. */
  readonly codec?: Codec
}

/** Replicas of one process (and several networks in one process know nothing of each other). */
export interface MemoryNetwork {
  /** A transport for this member. Another one for the same member, a restart, comes after the first was stopped. */
  transport(id: ReplicaId): Transport
  /** From here on nothing goes from `from` to `to`; the link goes down as `silent`. The other direction is untouched. */
  cut(from: ReplicaId, to: ReplicaId): void
  /** Ends a cut: the two greet again. */
  heal(from: ReplicaId, to: ReplicaId): void
  /** What becomes of each message from here on; undefined: nothing special any more. */
  setFate(fate: Fate | undefined): void
}

/** Creates a network without replicas. Everything arrives later, by the clock, in the order in which it was sent. */
export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const wires = createWires(options.clock, options.codec)
  const started = new Map<ReplicaId, MemoryTransport>()
  return {
    transport: id => createMemoryTransport(id, options.clock, wires, started),
    cut(from, to) {
      wires.cut(from, to)
      started.get(from)?.lose(to, 'silent', `the way to member ${to} is cut`)
    },
    heal(from, to) {
      wires.heal(from, to)
      started.get(from)?.dial(to)
      started.get(to)?.dial(from)
    },
    setFate: wires.setFate,
  }
}
