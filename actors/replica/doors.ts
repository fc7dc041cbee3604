import type { AnyActorRef } from 'xstate'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Due } from '../instances/watch.ts'
import type { Life } from '../shared/life.ts'
import type { ReplicaOptions } from './options.ts'

/** What the parts are given of the replica that they are parts of, and of the world outside. */
export interface Doors {
  readonly options: ReplicaOptions<unknown, unknown>
  readonly membership: Membership
  readonly self: Rank
  readonly life: Life
  /** The replica's statechart: the parent of all instance actors. */
  readonly actor: AnyActorRef
  /** Whatever comes from outside is taken in so. */
  turn(run: () => void): void
  /** The same of timers; the turn does what they yield. */
  timed(timers: () => Iterable<Due>): void
  /** One frame to a peer. */
  send(to: Rank, messages: readonly Message[]): void
  /** The replica cannot go on. */
  failed(error: Error): void
}
