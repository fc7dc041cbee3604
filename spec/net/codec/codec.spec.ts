import { expect } from 'chai'
import fc from 'fast-check'
import { type ClientMessage, clientMessageShapes } from '../../../machines/protocol/client-messages.ts'
import { type Command, command } from '../../../machines/protocol/commands.ts'
import { type Message, messageNumbers, messageShapes } from '../../../machines/protocol/messages.ts'
import { payloadOf, type Record, record } from '../../../machines/protocol/record.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { pack } from '../../../net/codec/pack.ts'
import { CodecError } from '../../../net/codec.ts'
import { messagesOf, smallBounds, valuesOf } from './arbitrary.ts'

const codec = createCodec(smallBounds)
const id = { epoch: 1, rank: 0, index: 7 }
const aCommand = (): Command => ({
  footprint: { reads: [], writes: ['a', 'ß'] },
  payloads: [Uint8Array.of(1, 2), new Uint8Array()],
})

describe('codec: round trips', () => {
  for (const type of Object.keys(messageShapes))
    it(`gives back a ${type}`, () => {
      const arbitrary = messagesOf({ [type]: messageShapes[type as keyof typeof messageShapes] }, smallBounds)
      fc.assert(
        fc.property(fc.array(arbitrary as fc.Arbitrary<Message>, { maxLength: 4 }), messages => {
          expect(codec.decodeMessages(codec.encodeMessages(messages))).to.deep.equal(messages)
        }),
        { numRuns: 60 },
      )
    })

  for (const type of Object.keys(clientMessageShapes))
    it(`gives back a client's ${type}`, () => {
      const arbitrary = messagesOf(
        { [type]: clientMessageShapes[type as keyof typeof clientMessageShapes] },
        smallBounds,
      )
      fc.assert(
        fc.property(fc.array(arbitrary as fc.Arbitrary<ClientMessage>, { maxLength: 4 }), messages => {
          expect(codec.decodeClientMessages(codec.encodeClientMessages(messages))).to.deep.equal(messages)
        }),
        { numRuns: 60 },
      )
    })

  it('gives back a record from its vote and its payload', () => {
    fc.assert(
      fc.property(valuesOf(record, smallBounds), value => {
        const any = value as Record
        // An instance has one payload: where cmd and initCmd both are one, it is the same.
        const payload = payloadOf(any)
        const one: Record = { ...any, cmd: any.cmd === undefined || any.cmd === 'nop' ? any.cmd : payload }
        expect(codec.decodeVote(codec.encodeVote(one), payload)).to.deep.equal(one)
      }),
    )
  })

  it('gives back a command, and the same bytes for the same command', () => {
    fc.assert(
      fc.property(valuesOf(command, smallBounds), value => {
        const original = value as Command
        const bytes = codec.encodeCommand(original)
        expect(codec.encodeCommand(original)).to.equal(bytes)
        const decoded = codec.decodeCommand(bytes)
        expect(decoded).to.deep.equal(original)
        expect(codec.encodeCommand(decoded)).to.equal(bytes)
      }),
    )
  })

  it('keeps the bytes of a command that came in a frame', () => {
    const bytes = codec.encodeCommand(aCommand())
    const frame = codec.encodeMessages([{ type: 'commit', id, cmd: codec.decodeCommand(bytes), dep: [0, 0, 0] }])
    const [commit] = codec.decodeMessages(frame)
    const kept = codec.encodeCommand((commit as { cmd: Command }).cmd)
    expect(kept).to.deep.equal(bytes)
    expect(kept.buffer.byteLength, 'no view of the frame').to.equal(bytes.length)
  })

  it('folds a command to its bytes, which are read again for each look at it', () => {
    const bytes = codec.encodeCommand(aCommand())
    const command = codec.decodeCommand(bytes)
    const folded = codec.foldCommand(command)
    expect({ footprint: folded.footprint, payloads: folded.payloads }).to.deep.equal(command)
    expect(folded.payloads).not.to.equal(folded.payloads)
    expect(codec.encodeCommand(folded)).to.equal(bytes)
    expect(codec.foldCommand(folded)).to.equal(folded)
  })

  it('gives back plain data', () => {
    const plain = fc.letrec(tie => ({
      data: fc.oneof(
        fc.constantFrom(null, true, false, 0, -1, 1.5, -(2 ** 40), 2 ** 52, Number.NaN, Number.POSITIVE_INFINITY),
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        fc.array(tie('data'), { maxLength: 5 }),
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter(key => key !== '__proto__'),
          tie('data'),
          { maxKeys: 5, noNullPrototype: true },
        ),
      ),
    })).data
    fc.assert(
      fc.property(plain, data => {
        expect(codec.decodeData(codec.encodeData(data))).to.deep.equal(data)
      }),
    )
  })

  it('copies byte strings out of plain data', () => {
    const decoded = codec.decodeData(codec.encodeData([new Uint8Array(8), 'x'.repeat(1000)])) as [Uint8Array]
    expect(decoded[0].buffer.byteLength).to.equal(8)
  })

  it('encodes a broadcast once', () => {
    const messages: Message[] = [{ type: 'acceptOk', id, bal: 3 }]
    const frame = codec.encodeMessages(messages)
    expect(codec.encodeMessages([...messages])).to.equal(frame)
    expect(codec.encodeMessages([{ ...messages[0]! }])).to.not.equal(frame)
  })
})

describe('codec: versions', () => {
  const known: Message = { type: 'acceptOk', id, bal: 3 }

  it('passes over message types that it does not know', () => {
    const frame = pack([[999, 'what', [1, 2, [3]]], [messageNumbers.acceptOk, [1, 0, 7], 3], [998]], 'frame')
    expect(codec.decodeMessages(frame)).to.deep.equal([known])
  })

  it('passes over fields that were added at the end', () => {
    const frame = pack([[messageNumbers.acceptOk, [1, 0, 7, 'newer'], 3, null, [1]]], 'frame')
    expect(codec.decodeMessages(frame)).to.deep.equal([known])
  })

  it('reads optional fields missing at the end as undefined', () => {
    const frame = pack([[6, 1, 0, 'c', 1, [1, 2, 3]]], 'frame')
    expect(codec.decodeClientMessages(frame)).to.deep.equal([
      {
        type: 'welcome',
        protocolMajor: 1,
        protocolMinor: 0,
        cluster: 'c',
        member: 1,
        members: [1, 2, 3],
        build: undefined,
      },
    ])
  })
})

describe('codec: what is refused on encoding, since no peer would take it', () => {
  const refused = (name: string, what: () => unknown, message: RegExp): void => {
    it(name, () => expect(what).to.throw(CodecError, message))
  }
  const preAccept = (cmd: Command) => () => codec.encodeMessages([{ type: 'preAccept', id, cmd, dep: [0] }])

  refused('a number with a fraction', () => codec.encodeMessages([{ type: 'acceptOk', id, bal: 0.5 }]), /acceptOk\.bal/)
  refused(
    'a key that is too long',
    preAccept({ footprint: { reads: [], writes: ['k'.repeat(41)] }, payloads: [] }),
    /preAccept\.cmd\.footprint\.writes\[\]: at most 40 bytes \(keyBytesMax\) are expected, found 41/,
  )
  refused(
    'half a character',
    preAccept({ footprint: { reads: [], writes: ['\ud800'] }, payloads: [] }),
    /whole characters/,
  )
  refused(
    'a payload that is too long',
    preAccept({ footprint: { reads: [], writes: 'all' }, payloads: [new Uint8Array(301)] }),
    /payloads\[\]: 0 to 300 bytes/,
  )
  refused('a Date in plain data', () => codec.encodeData({ at: new Date() }), /plain data/)
  refused('undefined in plain data', () => codec.encodeData({ ttl: undefined }), /plain data/)
  refused('a bigint in plain data', () => codec.encodeData([1n]), /plain data/)
  refused(
    'plain data that contains itself',
    () => {
      const data: unknown[] = []
      data.push(data)
      codec.encodeData(data)
    },
    /data/,
  )
  refused(
    'a payload that is not stored',
    () => {
      const bytes = codec.encodeVote({
        phase: 'accepted',
        bal: 0,
        abal: 0,
        cmd: aCommand(),
        initCmd: undefined,
        dep: [0],
        initDep: [0],
      })
      codec.decodeVote(bytes, undefined)
    },
    /none is stored/,
  )
})
