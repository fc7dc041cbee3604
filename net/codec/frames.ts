import type { Bounds, StructShape } from '../../machines/protocol/shape.ts'
import { CodecError } from '../codec.ts'
import { compileFields } from './compile.ts'
import { type CompiledFields, describe } from './compiled.ts'
import { fieldsExtent } from './extent.ts'
import { packBriefly, plainBytes, unpack } from './pack.ts'
import type { WireLimits } from './wire.ts'

/** A frame of messages to bytes and back. */
export interface FrameCodec<M extends { readonly type: string }> {
  encode(messages: readonly M[]): Uint8Array
  /**
   * Byte strings of the messages are views of the frame: messages of one frame are proposed, or answered, together.
   * Data that lives longer is copied where it is kept: commands (`sealed`) and the data that a state machine reads
   * (`decodeData`).
   */
  decode(frame: Uint8Array): M[]
}

/** Maximum number of values in an honest frame, whatever the product of all bounds. */
const frameItemsMax = 4 * 1024 * 1024

/**
 * A frame is a list of messages, a message the list of its type's number and its fields. Types with an unknown number
 * come from a newer minor version and are passed over.
 */
export function createFrameCodec<M extends { readonly type: string }>(
  shapes: { readonly [K in M['type']]: StructShape },
  numbers: { readonly [K in M['type']]: number },
  bounds: Bounds,
): FrameCodec<M> {
  const byType = new Map<string, { readonly number: number; readonly fields: CompiledFields }>()
  const byNumber: ({ readonly type: M['type']; readonly fields: CompiledFields } | undefined)[] = []
  let itemsMax = 0
  let depthMax = 0
  for (const type of Object.keys(shapes) as M['type'][]) {
    const fields = compileFields(shapes[type], type, bounds)
    byType.set(type, { number: numbers[type], fields })
    byNumber[numbers[type]] = { type, fields }
    const extent = fieldsExtent(Object.values(shapes[type].fields), bounds)
    itemsMax = Math.max(itemsMax, 1 + extent.items)
    depthMax = Math.max(depthMax, extent.depth)
  }
  const limits: WireLimits = {
    itemsMax: Math.min(1 + bounds.frameMessagesMax * itemsMax, frameItemsMax),
    depthMax: 1 + depthMax,
    plainData: false,
  }

  const packMessage = (message: M): unknown[] => {
    const compiled = byType.get(message.type)
    if (compiled === undefined) throw new CodecError(`frame: '${message.type}' is no type of message`)
    return compiled.fields.pack(message, [compiled.number])
  }
  const checkLength = (length: number): void => {
    if (length > bounds.frameMessagesMax)
      throw new CodecError(`frame: at most ${bounds.frameMessagesMax} messages are expected, found ${length}`)
  }

  // A broadcast is the same messages to one peer after another.
  let lastMessages: readonly M[] = []
  let lastFrame: Uint8Array | undefined
  const isLast = (messages: readonly M[]): boolean =>
    messages.length === lastMessages.length && messages.every((message, i) => message === lastMessages[i])

  return {
    encode(messages) {
      if (lastFrame !== undefined && isLast(messages)) return lastFrame
      checkLength(messages.length)
      lastFrame = packBriefly(messages.map(packMessage), 'frame')
      lastMessages = [...messages]
      return lastFrame
    },
    decode(frame) {
      if (frame.length > bounds.frameBytesMax)
        throw new CodecError(`frame: at most ${bounds.frameBytesMax} bytes are expected, found ${frame.length}`)
      const data = unpack(plainBytes(frame), 'frame', limits)
      if (!Array.isArray(data)) throw new CodecError(`frame: a list of messages is expected, found ${describe(data)}`)
      checkLength(data.length)
      const messages: M[] = []
      for (const item of data as unknown[]) {
        const number: unknown = Array.isArray(item) ? item[0] : undefined
        if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
          throw new CodecError(`frame: a message that begins with its number is expected, found ${describe(item)}`)
        const known = byNumber[number]
        if (known !== undefined) messages.push(known.fields.unpack(item, { type: known.type }, 1) as unknown as M)
      }
      return messages
    },
  }
}
