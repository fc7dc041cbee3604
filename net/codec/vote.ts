import { type Command, NOP, type Value } from '../../machines/protocol/commands.ts'
import { dependencies } from '../../machines/protocol/dependencies.ts'
import { phase, type Record } from '../../machines/protocol/record.ts'
import { type Bounds, flag, oneOf, struct, type TypeOf, uint } from '../../machines/protocol/shape.ts'
import { CodecError } from '../codec.ts'
import { compile } from './compile.ts'
import { extentOf } from './extent.ts'
import { pack, plainBytes, unpack } from './pack.ts'

/** A record whose payload is kept beside it: an instance has one payload at most, so that a mark is enough. */
const vote = struct({
  phase,
  bal: uint,
  abal: uint,
  cmd: oneOf('unknown', NOP, 'payload'),
  /** initCmd is known, and is the payload. */
  initCmd: flag,
  dep: dependencies,
  initDep: dependencies,
})
type Vote = TypeOf<typeof vote>

/** Records without their payloads, to bytes and back. */
export function createVoteCodec(bounds: Bounds): {
  encode(record: Record): Uint8Array
  decode(bytes: Uint8Array, command: Command | undefined): Record
} {
  const compiled = compile(vote, 'vote', bounds)
  const extent = extentOf(vote, bounds)
  const limits = { itemsMax: extent.items, depthMax: extent.depth, plainData: false }

  return {
    encode(record) {
      const { cmd, initCmd, ...rest } = record
      const mark = cmd === undefined ? 'unknown' : cmd === NOP ? NOP : 'payload'
      const marked: Vote = { ...rest, cmd: mark, initCmd: initCmd !== undefined }
      return pack(compiled.pack(marked), 'vote')
    },
    decode(bytes, command) {
      const { cmd, initCmd, ...rest } = compiled.unpack(unpack(plainBytes(bytes), 'vote', limits)) as Vote
      if (command === undefined && (cmd === 'payload' || initCmd))
        throw new CodecError('vote: it refers to a payload, but none is stored beside it')
      const value: Value | undefined = cmd === 'unknown' ? undefined : cmd === NOP ? NOP : command
      return { ...rest, cmd: value, initCmd: initCmd ? command : undefined }
    },
  }
}
