import { command, keys, type Value, value } from './commands.ts'
import { dependencies } from './dependencies.ts'
import { type InstanceId, instanceId } from './instance-id.ts'
import { readRound } from './reads.ts'
import { phase } from './record.ts'
import { bytes, flag, list, optional, type Shape, struct, type TypeOf, text, uint } from './shape.ts'

/**
 * Every message between replicas, with its fields in wire order (append only; additions are `optional`). The sender is
 * never a field: it is the identity of the connection. Section numbers are those of [the protocol](./README.md).
 */
export const messageShapes = {
  /** 3.1: the coordinator proposes cmd with dep = D0. `unhurried`: others will have answered first, most likely. */
  preAccept: struct({ id: instanceId, cmd: command, dep: dependencies, unhurried: optional(flag) }),
  /** 3.2: the acceptor's dep, D0 united with all conflicts known there. Always at ballot 0. */
  preAcceptOk: struct({ id: instanceId, dep: dependencies }),
  /**
   * 3.3, 4.3, 4.5: vote for this value at ballot bal. Without cmd, here and in commit: the payload that the receiver
   * has voted for before; an id has one payload at most.
   */
  accept: struct({ id: instanceId, bal: uint, cmd: optional(value), dep: dependencies, unhurried: optional(flag) }),
  /** 3.4 */
  acceptOk: struct({ id: instanceId, bal: uint }),
  /** 3.6: final. */
  commit: struct({ id: instanceId, cmd: optional(value), dep: dependencies }),
  /** 4.1 */
  recover: struct({ id: instanceId, bal: uint }),
  /** 4.2: the record, after bal was raised to `bal`. */
  recoverOk: struct({
    id: instanceId,
    bal: uint,
    abal: uint,
    cmd: optional(value),
    dep: dependencies,
    initDep: dependencies,
    phase,
  }),
  /** 4.3.4: could anything have been committed that (cmd, dep) on the fast path contradicts? */
  validate: struct({ id: instanceId, bal: uint, cmd: command, dep: dependencies }),
  /** 4.4: the instances that could invalidate; `committed` says that the replier has them committed. */
  validateOk: struct({
    id: instanceId,
    bal: uint,
    invalidating: list(struct({ id: instanceId, committed: flag }), 'idsMax'),
  }),
  /** 4.5.3: the sender's recovery of id waits with |R| = k. */
  waiting: struct({ id: instanceId, k: uint }),
  /** 4: please see to it that id is committed. */
  tryRecover: struct({ id: instanceId }),
  /** 7: the sender has promised `bal`, above the ballot of the message that this answers. */
  nack: struct({ id: instanceId, bal: uint }),
  /** 8: id is executed at the sender and its record gone: no value, no vote. */
  stable: struct({ id: instanceId }),
  /**
   * 7: per row, the highest index known and the durably executed prefix; can the sender vote, and decide anything with
   * those that it hears; is it in step? 8: from its index `raisedFrom` on, D0 of its commands is at least `raised`. 6:
   * its own indices up to `barrier`, which it has executed, count as conflicting with everything; left out or 0: none.
   * 10.1: its clock reads `clock`, in ms since 1970. 4: it is `mute`: no vote of it leaves. 8.13: it is
   * `busy` with a checkpoint. 4: its flushes are `slow`.
   */
  heartbeat: struct({
    known: dependencies,
    executed: dependencies,
    canVote: flag,
    inStep: flag,
    raised: dependencies,
    raisedFrom: uint,
    barrier: optional(uint),
    clock: optional(uint),
    mute: optional(flag),
    busy: optional(flag),
    slow: optional(flag),
  }),
  /** 7: please send the commits of rows `from[R] < i <= to[R]`; answered by commits and one fetchEnd. */
  fetch: struct({ from: dependencies, to: dependencies }),
  /**
   * 7: nothing more follows for the last fetch; `upTo` says per row how far the donor looked. 8: up to `floor` it has
   * not every record: a replica that needs those needs a snapshot.
   */
  fetchEnd: struct({ upTo: dependencies, floor: dependencies }),
  /** 8: please send a part of the snapshot with this digest, from byte `offset` on; '' for the latest there is. */
  fetchSnapshot: struct({ digest: text('keyBytesMax'), offset: uint }),
  /** 8: bytes of the sender's snapshot with this digest, `size` in all. */
  snapshotChunk: struct({ digest: text('keyBytesMax'), offset: uint, size: uint, bytes: bytes('payloadBytesMax') }),
  /**
   * The digest of the sender's whole replicated state where it executed this point (a command that reads everything).
   */
  digest: struct({ point: instanceId, digest: text('keyBytesMax') }),
  /** S2: the stores and lives by which the sender knows the other members. */
  stores: struct({
    stores: list(
      struct({ member: uint, storeIdentity: text('textBytesMax'), life: uint, token: text('keyBytesMax') }),
      'membersMax',
    ),
  }),
  /** 5a.1: what writes these keys there? `round` is never used twice. */
  readAsk: struct({ round: readRound, keys }),
  /** 5a.2: per row the highest index whose remembered payload writes a key of that round. */
  readSeen: struct({ round: readRound, seen: dependencies }),
} satisfies { readonly [type: string]: Shape }

export type MessageType = keyof typeof messageShapes
export type MessageOf<K extends MessageType> = { readonly type: K } & Omissible<TypeOf<(typeof messageShapes)[K]>>
/** Makes fields that may be undefined optional. */
type Omissible<T> = { readonly [F in keyof T as undefined extends T[F] ? never : F]: T[F] } & {
  readonly [F in keyof T as undefined extends T[F] ? F : never]?: T[F]
}
/** A message between replicas, discriminated by `type`. */
export type Message = { [K in MessageType]: MessageOf<K> }[MessageType]

/** A message with its command. */
export type WithValue<M> = M & { readonly cmd: Value }

/** The messages about one instance, which the replica routes to its actor. */
export type InstanceMessage = Extract<Message, { readonly id: InstanceId }>

/** Wire numbers: never changed, never reused. */
export const messageNumbers: { readonly [K in MessageType]: number } = {
  preAccept: 1,
  preAcceptOk: 2,
  accept: 3,
  acceptOk: 4,
  commit: 5,
  recover: 6,
  recoverOk: 7,
  validate: 8,
  validateOk: 9,
  waiting: 10,
  tryRecover: 11,
  nack: 12,
  stable: 13,
  heartbeat: 14,
  fetch: 15,
  fetchEnd: 16,
  fetchSnapshot: 17,
  snapshotChunk: 18,
  digest: 19,
  stores: 20,
  readAsk: 21,
  readSeen: 22,
}
