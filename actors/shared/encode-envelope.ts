import type { Envelope } from '../../machines/protocol/envelope.ts'
import type { Codec } from '../../net/codec.ts'

/**
 * The payload of an envelope.
 * @param command the bytes of the command in it, where they are there already
 */
export const encodeEnvelope = (codec: Codec, envelope: Envelope, command?: Uint8Array): Uint8Array =>
  command === undefined ? codec.encodeData(envelope) : codec.encodeList(envelope.slice(0, -1), command)
