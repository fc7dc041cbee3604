import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type ClientMessage, clientMessageShapes } from '../../../machines/protocol/client-messages.ts'
import { type Message, messageShapes } from '../../../machines/protocol/messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { CodecError } from '../../../net/codec.ts'
import { messagesOf, smallBounds } from './arbitrary.ts'

const small = createCodec(smallBounds)
const large = createCodec(defaultLimits)

/** Every way into the codec from outside. */
const doors = (codec: typeof small): { readonly [name: string]: (bytes: Uint8Array) => unknown } => ({
  messages: codec.decodeMessages,
  clientMessages: codec.decodeClientMessages,
  command: codec.decodeCommand,
  vote: bytes => codec.decodeVote(bytes, undefined),
  data: codec.decodeData,
})

/** The decoded value, or undefined when it was refused as it should be. */
function decoded(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return decode(bytes)
  } catch (error) {
    expect(error).to.be.instanceOf(CodecError)
    return undefined
  }
}

describe('codec: hostile bytes', () => {
  for (const [name, decode] of Object.entries(doors(small)))
    it(`throws nothing but CodecError for random bytes as ${name}`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
          decoded(decode, bytes)
        }),
        { numRuns: 1000 },
      )
    })

  it('refuses random mebibytes quickly', () => {
    for (const decode of Object.values(doors(large)))
      for (let round = 0; round < 10; round++) {
        const bytes = randomBytes(1024 * 1024)
        // Even when the first bytes happen to promise a long list.
        if (round > 4) bytes.set([0xdd, 0, 0, 0x40, 0])
        decoded(decode, bytes)
      }
  })

  it('refuses huge declared lengths, deep nesting and crowds without building them', () => {
    const mebibyte = 1024 * 1024
    const crowd = new Uint8Array(mebibyte).fill(0x90)
    crowd.set([0xdd, 0, 0x0f, 0xff, 0xfb])
    const cases = {
      'a list of 2^32 - 1': Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 1),
      'lists that each claim all that is left': new Uint8Array(mebibyte).fill(0xdd),
      'a text of 2^32 - 1': Uint8Array.of(0x91, 0xdb, 0xff, 0xff, 0xff, 0xff, 1),
      'bytes of 2^32 - 1': Uint8Array.of(0x91, 0xc6, 0xff, 0xff, 0xff, 0xff, 1),
      'a map of 2^32 - 1': Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff, 1),
      'a million lists inside each other': new Uint8Array(mebibyte).fill(0x91),
      'a million empty lists': crowd,
      'a date': Uint8Array.of(0x91, 0xd6, 0xff, 0, 0, 0, 0),
      'a record definition': Uint8Array.of(0x91, 0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1),
      'a 64-bit integer': Uint8Array.of(0x91, 0xcf, 0, 0, 0, 0, 0, 0, 0, 1),
      'a regular expression': Uint8Array.of(0xd4, 0x78, 0, 0x92, 0xa4, 0x28, 0x61, 0x2b, 0x29, 0xa0),
      'text that is not UTF-8': Uint8Array.of(0x91, 0xa1, 0xff),
      nothing: new Uint8Array(),
    }
    for (const [name, bytes] of Object.entries(cases))
      for (const [door, decode] of Object.entries(doors(large))) {
        // A million empty lists are honest data.
        if (name === 'a million empty lists' && door === 'data') continue
        expect(() => decode(bytes), `${name} as ${door}`).to.throw(CodecError)
      }
  })

  it('names the field and the bound', () => {
    const frame = large.encodeMessages([
      {
        type: 'preAccept',
        id: { epoch: 1, rank: 0, index: 1 },
        cmd: { footprint: { reads: [], writes: ['k'.repeat(41)] }, payloads: [] },
        dep: [0],
      },
    ])
    expect(() => small.decodeMessages(frame)).to.throw(
      CodecError,
      'preAccept.cmd.footprint.writes[]: at most 40 bytes (keyBytesMax) are expected, found 41',
    )
  })

  const frames = fc.array(messagesOf(messageShapes, smallBounds), { minLength: 1, maxLength: 3 })
  const clientFrames = fc.array(messagesOf(clientMessageShapes, smallBounds), { minLength: 1, maxLength: 3 })
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 3 })

  it('refuses every truncation', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (messages, at) => {
        const frame = small.encodeMessages(messages as Message[])
        expect(() => small.decodeMessages(frame.subarray(0, at % frame.length))).to.throw(CodecError)
      }),
      { numRuns: 300 },
    )
  })

  it('reads a damaged frame as valid messages or not at all', () => {
    const flip = (frame: Uint8Array, flips: readonly (readonly [number, number])[]): Uint8Array => {
      const bytes = new Uint8Array(frame)
      for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit
      return bytes
    }
    fc.assert(
      fc.property(frames, clientFrames, damage, (messages, clientMessages, flips) => {
        const some = decoded(small.decodeMessages, flip(small.encodeMessages(messages as Message[]), flips))
        // What was let through keeps all bounds: it can be encoded again.
        if (some !== undefined) small.encodeMessages(some as Message[])
        const frame = small.encodeClientMessages(clientMessages as ClientMessage[])
        const others = decoded(small.decodeClientMessages, flip(frame, flips))
        if (others !== undefined) small.encodeClientMessages(others as ClientMessage[])
      }),
      { numRuns: 1500 },
    )
  })
})
