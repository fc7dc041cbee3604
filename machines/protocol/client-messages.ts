import { bytes, list, oneOf, optional, type Shape, struct, type TypeOf, text, uint } from './shape.ts'

/**
 * What a client and a replica say to each other, in frames of many. Requests of one connection are numbered by the
 * client, from 1 up; every request gets exactly one answer, in any order, unless the connection ends first.
 */
export const clientMessageShapes = {
  /** Client to replica: propose this command (the state machine's encoding). */
  propose: struct({ request: uint, payload: bytes('payloadBytesMax') }),
  /** Client to replica: how are you? */
  status: struct({ request: uint }),
  /** Replica to client: the command was executed; its result in the state machine's encoding. */
  result: struct({ request: uint, payload: bytes('payloadBytesMax') }),
  /** Replica to client: the command was *not* proposed and never will be, so it may be sent elsewhere. */
  refused: struct({
    request: uint,
    code: oneOf('notReady', 'draining', 'overloaded', 'tooLarge', 'malformed'),
    reason: text('textBytesMax'),
  }),
  /** Replica to client: its status, as JSON text. */
  statusReport: struct({ request: uint, json: bytes('payloadBytesMax') }),
  /** Replica to client, first on every connection. */
  welcome: struct({
    protocolMajor: uint,
    protocolMinor: uint,
    cluster: text('textBytesMax'),
    member: uint,
    members: list(uint, 'membersMax'),
    build: optional(text('textBytesMax')),
  }),
} satisfies { readonly [type: string]: Shape }

export type ClientMessageType = keyof typeof clientMessageShapes
export type ClientMessageOf<K extends ClientMessageType> = { readonly type: K } & TypeOf<
  (typeof clientMessageShapes)[K]
>
export type ClientMessage = { [K in ClientMessageType]: ClientMessageOf<K> }[ClientMessageType]
/** What a client may send. */
export type ClientRequest = ClientMessageOf<'propose'> | ClientMessageOf<'status'>
/** What a replica may send to a client. */
export type ClientAnswer = Exclude<ClientMessage, ClientRequest>
export type RefusalCode = ClientMessageOf<'refused'>['code']

/** Wire numbers: never changed, never reused. */
export const clientMessageNumbers: { readonly [K in ClientMessageType]: number } = {
  propose: 1,
  status: 2,
  result: 3,
  refused: 4,
  statusReport: 5,
  welcome: 6,
}
