import type { ErrorCodeOf } from './error-codes.ts'
import { bytes, growingOneOf, list, optional, type Shape, struct, type TypeOf, text, uint } from './shape.ts'

/**
 * The messages between a client and a replica, in frames of many. Requests of one connection are numbered by the
 * client, from 1 up; every request gets exactly one answer, in any order, unless the connection ends first.
 */
export const clientMessageShapes = {
  /** Client to replica: propose this command (the state machine's encoding). */
  propose: struct({ request: uint, payload: bytes('payloadBytesMax') }),
  /**
   * Client to replica: propose these commands of a session; answers numbered up to `floor` are not requested any more.
   * Each is applied once, wherever it is sent again. They lie end to end in `commands`, `lengths` says how long each
   * is, `sequences` which of the session it is; the first is request `request`, and so on.
   */
  execute: struct({
    request: uint,
    session: text('keyBytesMax'),
    floor: uint,
    sequences: list(uint, 'batchCommandsMax'),
    lengths: list(uint, 'batchCommandsMax'),
    commands: bytes('payloadBytesMax'),
  }),
  /**
   * Client to replica: answer this command, which only reads, from your own state, which may be old. Nothing is
   * proposed.
   */
  query: struct({ request: uint, payload: bytes('payloadBytesMax') }),
  /**
   * Client to replica: a part of a backup, from byte `offset` on. Without a digest: take one, of a point that comes
   * after all commands acknowledged so far; with one: of that backup.
   */
  backup: struct({ request: uint, digest: text('keyBytesMax'), offset: uint }),
  /** Replica to client: bytes of the backup whose beginning has this digest, `size` in all. */
  backupPart: struct({
    request: uint,
    digest: text('keyBytesMax'),
    offset: uint,
    size: uint,
    bytes: bytes('payloadBytesMax'),
  }),
  /** Client to replica: tell your status. */
  status: struct({ request: uint }),
  /** Replica to client: the command was executed, or the query answered; the result in the state machine's encoding. */
  result: struct({ request: uint, payload: bytes('payloadBytesMax') }),
  /** Replica to client: these commands of a session were executed; the results lie end to end, and are so long each. */
  results: struct({
    requests: list(uint, 'batchCommandsMax'),
    lengths: list(uint, 'batchCommandsMax'),
    results: bytes('payloadBytesMax'),
  }),
  /**
   * Replica to client: the command was *not* proposed and never will be, so it may be sent elsewhere; but
   * `sessionExpired`, `outdated` and `tooManyUnacknowledged` are answers of its execution: it was not applied, an
   * earlier sending of it may have been; `outdated` also that its result fits into no message; and `applyFailed` that it
   * was executed, and the state machine threw. A code that is not known is read as the one that promises least.
   */
  refused: struct({
    request: uint,
    code: growingOneOf(
      'outdated',
      'notReady',
      'draining',
      'overloaded',
      'tooLarge',
      'malformed',
      'sessionExpired',
      'outdated',
      'notReadOnly',
      'tooManyUnacknowledged',
      'applyFailed',
    ),
    reason: text('textBytesMax'),
  }),
  /** Replica to client: its status, as JSON text. */
  statusReport: struct({ request: uint, json: bytes('payloadBytesMax') }),
  /** Client to replica: begin a session; commands that carry it are applied once, wherever they are sent again. */
  openSession: struct({ request: uint }),
  /** Replica to client: the session's name. */
  sessionOpened: struct({ request: uint, session: text('keyBytesMax') }),
  /** Client to replica: end this session, since nothing of it is asked any more. Answered by an empty `result`. Since 4.1. */
  endSession: struct({ request: uint, session: text('keyBytesMax') }),
  /** Replica to client, first on every connection. */
  welcome: struct({
    protocolMajor: uint,
    protocolMinor: uint,
    cluster: text('textBytesMax'),
    member: uint,
    members: list(uint, 'membersMax'),
    build: optional(text('textBytesMax')),
  }),
  /** Client to replica, of an operator: forget the store by which you know this member, which has not come yet. */
  forgetPeer: struct({ request: uint, member: uint }),
  /**
   * Replica to client: what became of it. `forgotten`: the member may come with another store. Anything else: nothing
   * has changed, because it has taken part, is connected now, is the replica itself, or is no member.
   */
  peerForgotten: struct({
    request: uint,
    verdict: growingOneOf('tookPart', 'forgotten', 'tookPart', 'isConnected', 'isSelf', 'noMember'),
  }),
} satisfies { readonly [type: string]: Shape }

export type ClientMessageType = keyof typeof clientMessageShapes
export type ClientMessageOf<K extends ClientMessageType> = { readonly type: K } & TypeOf<
  (typeof clientMessageShapes)[K]
>
export type ClientMessage = { [K in ClientMessageType]: ClientMessageOf<K> }[ClientMessageType]
/** The requests that a client may send. */
export const clientRequests = [
  'propose',
  'execute',
  'openSession',
  'endSession',
  'query',
  'backup',
  'status',
  'forgetPeer',
] as const satisfies readonly ClientMessageType[]
export type ClientRequest = {
  [K in (typeof clientRequests)[number]]: ClientMessageOf<K>
}[(typeof clientRequests)[number]]
export const isRequest = (message: ClientMessage): message is ClientRequest =>
  (clientRequests as readonly ClientMessageType[]).includes(message.type)
/** Whether every command of a request has a number that an answer can carry: those of `execute` go on from the first. */
export const isAnswerable = (request: ClientRequest): boolean =>
  request.type !== 'execute' || Number.isSafeInteger(request.request + request.sequences.length)
/** The answers that a replica may send to a client. */
export type ClientAnswer = Exclude<ClientMessage, ClientRequest>
export type RefusalCode = ErrorCodeOf<ClientMessageOf<'refused'>['code']>

/** Wire numbers: never changed, never reused (9 was `execute` of one command). */
export const clientMessageNumbers: { readonly [K in ClientMessageType]: number } = {
  propose: 1,
  status: 2,
  result: 3,
  refused: 4,
  statusReport: 5,
  welcome: 6,
  openSession: 7,
  sessionOpened: 8,
  query: 10,
  backup: 11,
  backupPart: 12,
  execute: 13,
  results: 14,
  forgetPeer: 15,
  peerForgotten: 16,
  endSession: 17,
}
export type ForgetVerdict = ClientMessageOf<'peerForgotten'>['verdict']
