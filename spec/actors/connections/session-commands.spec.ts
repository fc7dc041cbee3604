import { expect } from 'chai'
import { CommandProposal, readPieces, SessionCommands } from '../../../actors/connections/session-commands.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ClientMessageOf } from '../../../machines/protocol/client-messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'

const codec = createCodec(defaultLimits)
const commands = [['put', 'a'], 'b'.repeat(40), null, 7, { deep: [1] }]
const footprint = { reads: [], writes: ['k'] }

/** All commands in one message. */
function messageOf(all: readonly unknown[] = commands): ClientMessageOf<'execute'> {
  const { lengths, bytes } = codec.encodePieces(all)
  const sequences = all.map((_, at) => 10 + at)
  return { type: 'execute', request: 1, session: 's', floor: 9, sequences, lengths, commands: bytes }
}

/** The payload of these commands of the message, in this order, as other replicas read it. */
function travelling(which: readonly number[], restamp?: number): unknown {
  const message = messageOf()
  const source = new SessionCommands(message, codec, undefined, {
    executed: () => undefined,
    dropped: () => undefined,
    abandoned: () => undefined,
  })
  const proposals = readPieces(message, codec, defaultLimits).map((piece, at) => {
    if ('code' in piece) throw new Error(piece.reason)
    const restamped = at === restamp ? codec.encodeData('restamped') : undefined
    return new CommandProposal(source, 1 + at, message.sequences[at]!, piece, { restamped, footprint })
  })
  const { payload } = source.proposedPayload(which.map(at => proposals[at]!))
  return codec.decodeList(payload).slice(3)
}

describe('commands of a session', () => {
  it('that leave together are one payload, whichever they are', () => {
    const choices = [[0, 1, 2, 3, 4], [0], [4], [1, 2], [0, 2, 4], [3, 0]]
    for (const which of choices)
      expect(travelling(which)).to.deep.equal([which.map(at => 10 + at), which.map(at => commands[at])])
  })

  it('stamped with the time travel as they were stamped, wherever they stand', () => {
    for (const restamp of [0, 2, 4]) {
      const expected = commands.map((command, at) => (at === restamp ? 'restamped' : command))
      expect(travelling([0, 1, 2, 3, 4], restamp)).to.deep.equal([[10, 11, 12, 13, 14], expected])
    }
  })

  it('of which one cannot be read are read all the same', () => {
    const message = messageOf()
    const broken = message.commands.slice()
    broken[message.lengths[0]!] = 0xc1
    const pieces = readPieces({ ...message, commands: broken }, codec, defaultLimits)
    expect(pieces.map(piece => ('code' in piece ? piece.code : piece.command))).to.deep.equal([
      commands[0],
      'malformed',
      ...commands.slice(2),
    ])
  })

  const refusedAs = (message: Partial<ClientMessageOf<'execute'>>) =>
    readPieces({ ...messageOf([1, 2]), ...message }, codec, defaultLimits).map(piece =>
      'code' in piece ? piece.code : 'read',
    )

  it('whose lengths are not theirs are refused, and not cut elsewhere', () => {
    expect(refusedAs({ lengths: [1] }), 'too few').to.eql(['malformed', 'malformed'])
    expect(refusedAs({ lengths: [1, 2] }), 'beyond the end').to.eql(['read', 'malformed'])
    expect(refusedAs({ lengths: [2, 0] }), 'elsewhere').to.eql(['malformed', 'malformed'])
  })

  it('of a session that cannot be are refused: its name would fit into no footprint', () => {
    expect(refusedAs({ session: 'x'.repeat(defaultLimits.keyBytesMax) })).to.eql(['malformed', 'malformed'])
  })
})
