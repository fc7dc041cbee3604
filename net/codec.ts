import type { ClientMessage } from '../machines/protocol/client-messages.ts'
import type { Command } from '../machines/protocol/commands.ts'
import type { ErrorCodeOf } from '../machines/protocol/error-codes.ts'
import { EpaxosError } from '../machines/protocol/errors.ts'
import type { Message } from '../machines/protocol/messages.ts'
import type { Record } from '../machines/protocol/record.ts'
import type { Texts } from './codec/plain-data-decoder.ts'

/** The error of malformed bytes: `code` 'malformed'; the message names the field and the bound. */
export class CodecError extends EpaxosError<ErrorCodeOf<'malformed'>> {
  constructor(message: string, options?: ErrorOptions) {
    super('malformed', message, options)
  }
}

/** The result of `decode`, or the CodecError that it throws: bytes from outside are expected to be wrong. */
export function attempt<T>(decode: () => T): T | CodecError {
  try {
    return decode()
  } catch (error) {
    if (error instanceof CodecError) return error
    throw error
  }
}

/**
 * Shapes to bytes and back. Decoding checks every field against its shape and the bounds and throws CodecError; it
 * never returns a value that its type would not allow. Message types of a newer minor version are skipped.
 */
export interface Codec {
  /**
   * A frame between replicas. The same messages as in the last frame give the same bytes, not encoded again (a
   * broadcast), and a command is encoded once for all messages with it. Throws CodecError for messages that no peer
   * would take.
   */
  encodeMessages(messages: readonly Message[]): Uint8Array
  decodeMessages(frame: Uint8Array): Message[]
  encodeClientMessages(messages: readonly ClientMessage[]): Uint8Array
  decodeClientMessages(frame: Uint8Array): ClientMessage[]
  /** A record without its payload: `cmd` and `initCmd` become "the payload", "Nop" or "unknown". */
  encodeVote(record: Record): Uint8Array
  /** @param command the payload that was stored beside it, if any */
  decodeVote(vote: Uint8Array, command: Command | undefined): Record
  /** A command's bytes: the same object always gives the same array, made once or kept from decoding. */
  encodeCommand(command: Command): Uint8Array
  decodeCommand(bytes: Uint8Array): Command
  /** The same command as its bytes alone, for one that is kept and seldom read: each access decodes them. */
  foldCommand(command: Command): Command
  /** Plain data: null, boolean, number, string, Uint8Array, arrays and objects of these. */
  encodeData(data: unknown): Uint8Array
  decodeData(bytes: Uint8Array, texts?: Texts): unknown
  /** The same, with up to 8 containers more around plain data. */
  encodeDeep(data: unknown): Uint8Array
  decodeDeep(bytes: Uint8Array): unknown
  /**
   * Like `encodeData`, for bytes that are dropped soon: they are a part of a larger piece of memory, which they keep
   * alive.
   */
  encodeBriefly(data: unknown): Uint8Array
  /** A list of plain data, at most 15 items, of which the last is encoded already, and not encoded again. */
  encodeList(items: readonly unknown[], last: Uint8Array): Uint8Array
  /** The same, of which the last is a list whose `count` items are encoded already, end to end in `parts`. */
  encodeListOf(items: readonly unknown[], count: number, parts: readonly Uint8Array[]): Uint8Array
  /** Pieces of plain data, end to end. */
  encodePieces(data: readonly unknown[]): { readonly lengths: readonly number[]; readonly bytes: Uint8Array }
  /** Plain data that lies end to end in pieces of these lengths. Throws CodecError also when a piece ends elsewhere. */
  decodePieces(bytes: Uint8Array, lengths: readonly number[], texts?: Texts): readonly unknown[]
  /** A list whose items may each be as deep as plain data may be. */
  decodeList(bytes: Uint8Array, texts?: Texts): readonly unknown[]
}
