import {
  type ClientMessage,
  clientMessageNumbers,
  clientMessageShapes,
} from '../../machines/protocol/client-messages.ts'
import { type Command, command } from '../../machines/protocol/commands.ts'
import { type Message, messageNumbers, messageShapes } from '../../machines/protocol/messages.ts'
import type { Bounds } from '../../machines/protocol/shape.ts'
import type { Codec } from '../codec.ts'
import { compileSealedStruct } from './compile.ts'
import {
  decodeData,
  decodeDeep,
  decodeList,
  decodePieces,
  encodeBriefly,
  encodeData,
  encodeDeep,
  encodeList,
  encodeListOf,
  encodePieces,
} from './data.ts'
import { createFrameCodec } from './frames.ts'
import { plainBytes } from './pack.ts'
import { createVoteCodec } from './vote.ts'

/** The codec within these bounds: MessagePack, positional, compiled from the shapes of machines/protocol. */
export function createCodec(bounds: Bounds): Codec {
  const messages = createFrameCodec<Message>(messageShapes, messageNumbers, bounds)
  const clientMessages = createFrameCodec<ClientMessage>(clientMessageShapes, clientMessageNumbers, bounds)
  const commands = compileSealedStruct(command, 'command', bounds)
  const votes = createVoteCodec(bounds)
  return {
    encodeMessages: messages.encode,
    decodeMessages: messages.decode,
    encodeClientMessages: clientMessages.encode,
    decodeClientMessages: clientMessages.decode,
    encodeVote: votes.encode,
    decodeVote: votes.decode,
    encodeCommand: commands.pack,
    decodeCommand: bytes => commands.adopt(plainBytes(bytes)) as Command,
    foldCommand: value => commands.fold(value) as Command,
    encodeData,
    decodeData,
    encodeDeep,
    decodeDeep,
    encodeBriefly,
    encodeList,
    encodeListOf,
    encodePieces,
    decodePieces,
    decodeList,
  }
}
