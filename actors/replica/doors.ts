import type { AnyActorRef } from 'xstate'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Due } from '../instances/watch.ts'
import type { Life } from '../shared/life.ts'
import type { Works } from '../shared/works.ts'
import type { ReplicaOptions } from './options.ts'

/** The interface that the parts of a replica are given to it, and to the world outside. */
export interface Doors {
  readonly options: ReplicaOptions<unknown, unknown>
  readonly membership: Membership
  readonly self: Rank
  readonly life: Life
  readonly works: Works
  /** The replica's statechart: the parent of all instance actors. */
  readonly actor: AnyActorRef
  /** Runs a piece of work as one turn; every input from outside is taken in through it. */
  turn(run: () => void): void
  /** Runs a client's requests as a turn that ends with those of all clients that were readable at the same time. */
  gather(run: () => void): void
  /** Runs due timers as one turn, which acts on the values that they yield. */
  timed(timers: () => Iterable<Due>): void
  /** Sends one frame to a peer. */
  send(to: Rank, messages: readonly Message[]): void
  /** Whether little waits on the link to a peer. */
  hasRoom(to: Rank): boolean
  /** Stops the replica, which cannot go on. */
  failed(error: Error): void
}
