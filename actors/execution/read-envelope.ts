import { type EarlierEnvelope, type Envelope, envelopes } from '../../machines/protocol/envelope.ts'

/**
 * The envelope of a list that a payload holds, also of an earlier kind, whose command is encoded in it.
 * @throws whatever `decode` throws
 */
export function readEnvelope(list: readonly unknown[], decode: (command: Uint8Array) => unknown): Envelope {
  const envelope = list as unknown as Envelope | EarlierEnvelope
  switch (envelope[0]) {
    case 0:
      return envelopes.command(decode(envelope[1]))
    case 1: {
      const [, command, session, sequence, floor] = envelope
      return envelopes.ofSession(session, floor, [sequence], [decode(command)])
    }
    case 6: {
      const [, session, sequence, floor, command] = envelope
      return envelopes.ofSession(session, floor, [sequence], [command])
    }
    default:
      return envelope
  }
}
