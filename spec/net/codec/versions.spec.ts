import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type ClientMessage, clientMessageShapes } from '../../../machines/protocol/client-messages.ts'
import { type Message, messageShapes } from '../../../machines/protocol/messages.ts'
import { protocolVersion } from '../../../machines/protocol/version.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { pack, unpack } from '../../../net/codec/pack.ts'
import { createHelloCodec } from '../../../net/ws/hello.ts'
import { greetingOf } from '../../contracts/transport.ts'
import { recordedVersions, withoutAbsent } from './support/recorded.ts'

const codec = createCodec(defaultLimits)
const hellos = createHelloCodec(defaultLimits)
const packed = (bytes: Uint8Array): unknown =>
  unpack(bytes, 'frame', { itemsMax: 10_000, depthMax: 20, plainData: true })

/**
 * An older version reads from `newer` all that it read from `older`: lists may have become longer at the end, and nothing
 * else has changed. A sealed struct is bytes, with a list inside.
 */
function expectToExtend(newer: unknown, older: unknown, where: string): void {
  if (newer instanceof Uint8Array && older instanceof Uint8Array && !Buffer.from(newer).equals(older))
    expectToExtend(packed(newer), packed(older), where)
  else if (Array.isArray(newer) && Array.isArray(older)) {
    expect(newer.length, where).to.be.at.least(older.length)
    older.forEach((item, at) => {
      expectToExtend(newer[at], item, `${where}[${at}]`)
    })
  } else expect(newer, where).to.deep.equal(older)
}

for (const { version, hello, messages, clientMessages } of recordedVersions) {
  const name = `${version.major}.${version.minor}`
  describe(`codec: frames of version ${name}`, () => {
    it('are of a version that this one talks to', () => {
      expect(version.major).to.equal(protocolVersion.major)
      expect(version.minor).to.be.at.most(protocolVersion.minor)
    })

    for (const [type, { frame, means }] of Object.entries(messages)) {
      it(`${type}: means what it meant`, () => {
        expect(withoutAbsent(codec.decodeMessages(frame))).to.deep.equal(means)
      })
      it(`${type}: is understood there when it is sent now`, () => {
        expectToExtend(packed(codec.encodeMessages(means as readonly Message[])), packed(frame), type)
      })
    }
    for (const [type, { frame, means }] of Object.entries(clientMessages)) {
      it(`a client's ${type}: means what it meant`, () => {
        expect(withoutAbsent(codec.decodeClientMessages(frame))).to.deep.equal(means)
      })
      it(`a client's ${type}: is understood there when it is sent now`, () => {
        expectToExtend(packed(codec.encodeClientMessages(means as readonly ClientMessage[])), packed(frame), type)
      })
    }

    it('hello: is taken, and taken there when it is sent now', () => {
      expect(hellos.read(hello.frame, greetingOf(1))).to.deep.include({ ...hello.means, to: 1, ...version })
      const [magic, major, , ...rest] = packed(hello.frame) as unknown[]
      const [magicNow, majorNow, minorNow, ...restNow] = packed(hellos.encode(hello.means, 1)) as unknown[]
      expect([magicNow, majorNow, minorNow]).to.deep.equal([magic, major, protocolVersion.minor])
      expectToExtend(restNow, rest, 'hello')
    })
  })
}

describe('codec: this version', () => {
  it('is recorded, with every type of message that it has', () => {
    const { major, minor } = protocolVersion
    const recorded = recordedVersions.find(({ version }) => version.major === major && version.minor === minor)
    expect(recorded, `spec/net/codec/support/record.ts has recorded ${major}.${minor}`).to.not.equal(undefined)
    expect(Object.keys(recorded!.messages)).to.have.members(Object.keys(messageShapes))
    expect(Object.keys(recorded!.clientMessages)).to.have.members(Object.keys(clientMessageShapes))
  })

  it('reads a code of refusal that it does not know as the one that promises least', () => {
    const frame = pack([[4, 7, 200, 'for a reason of tomorrow']], 'frame')
    expect(codec.decodeClientMessages(frame)).to.deep.equal([
      { type: 'refused', request: 7, code: 'outdated', reason: 'for a reason of tomorrow' },
    ])
    for (const none of [true, '0', null, [200]])
      expect(() => codec.decodeClientMessages(pack([[4, 7, none, '']], 'frame')), `${none}`).to.throw(/refused\.code/)
  })

  it('takes no phase of a record that it does not know: a vote could hang on it', () => {
    const [recoverOk] = packed(
      codec.encodeMessages([
        {
          type: 'recoverOk',
          id: { epoch: 1, rank: 0, index: 1 },
          bal: 1,
          abal: 0,
          cmd: undefined,
          dep: [0],
          initDep: [0],
          phase: 'initial',
        },
      ]),
    ) as unknown[][]
    expect(() => codec.decodeMessages(pack([[...recoverOk!.slice(0, -1), 4]], 'frame'))).to.throw(/recoverOk\.phase/)
  })
})
