import type { ReplicaId } from '../machines/protocol/membership.ts'
import type { Message } from '../machines/protocol/messages.ts'
import type { StoreClaim } from '../machines/protocol/store-lives.ts'

/** The identity that a replica states when it greets a peer. */
export interface Greeting extends StoreClaim {
  /** The cluster's name: another one is refused. */
  readonly cluster: string
  readonly epoch: number
  readonly member: ReplicaId
  readonly members: readonly ReplicaId[]
}

/** A peer that greets: the claim that the replica judges. */
export interface Greeted extends StoreClaim {
  readonly peer: ReplicaId
  /** The peer has let this replica in: from `decide(null)` on, what is sent to it may arrive. */
  readonly hasLetUsIn: boolean
}

/**
 * The reason why a link to a peer is down. `refused`: no process listens there; `rejected`: the greeting failed;
 * `disowned`: the peer has decided against the store of this replica (`TransportEvents.greeted`).
 */
export type LinkDownReason = 'closed' | 'refused' | 'silent' | 'rejected' | 'disowned' | 'stopped'

/** The events of a transport for its replica. Called synchronously, one at a time, never from inside `send`. */
export interface TransportEvents {
  /** One frame of a peer: messages in the order in which they were sent. The sender is the connection's identity. */
  frame(from: ReplicaId, messages: readonly Message[]): void
  /**
   * Bytes of a frame of this peer arrive, which has not come whole yet: on a slow link a large one takes longer than the
   * suspicion time, and heartbeats come behind it.
   */
  receiving?(from: ReplicaId): void
  /**
   * A peer of the right cluster greets. Nothing is sent to it, and nothing of it is taken, before `decide`: null to let
   * it in (its store and its life are durable by then), an error to refuse it.
   */
  greeted(greeted: Greeted, decide: (refusal: Error | null) => void): void
  /** The link is up: from here on, messages to the peer have a chance to arrive. */
  linkUp(peer: ReplicaId): void
  linkDown(peer: ReplicaId, reason: LinkDownReason, detail: string): void
  /** The transport cannot go on at all (its port was taken away, for example). */
  failed(error: Error): void
}

/**
 * Bytes between replicas. Best effort: a message may be lost, repeated, delayed or reordered, but never altered and
 * never attributed to another sender.
 */
export interface Transport {
  /** Begins to greet and to be greeted. Called once. */
  start(greeting: Greeting, events: TransportEvents): void
  /**
   * Sends one frame to a peer. Never blocks, never throws for want of a link: a frame to a peer whose link is down or
   * whose queue is full is dropped. A message object that goes to several peers is encoded once.
   */
  send(to: ReplicaId, messages: readonly Message[]): void
  /**
   * Whether little waits on the link to a peer: what was sent before has left. Left out: always. A link that is down has
   * room.
   */
  hasRoom?(to: ReplicaId): boolean
  /** Ends all links; no event follows `done`. */
  stop(done: () => void): void
}
