/**
 * Records what this version puts on the wire, for later ones to be held to:
 *
 *     npx tsx spec/net/codec/support/record.ts > recorded.json
 *
 * The file is moved to spec/net/codec/golden, under the name that `protocolVersion` gives it: protocol-MAJOR.MINOR.json.
 */
import { defaultLimits } from '../../../../actors/shared/limits.ts'
import type { ClientMessage } from '../../../../machines/protocol/client-messages.ts'
import type { Message } from '../../../../machines/protocol/messages.ts'
import { protocolVersion } from '../../../../machines/protocol/version.ts'
import { createCodec } from '../../../../net/codec/create-codec.ts'
import { createHelloCodec } from '../../../../net/ws/hello.ts'
import { toText } from './recorded.ts'
import { clientMessages, greeting, messages } from './samples.ts'

const codec = createCodec(defaultLimits)
const framesOf = <M>(
  samples: { readonly [type: string]: readonly M[] },
  encode: (messages: readonly M[]) => Uint8Array,
) => Object.fromEntries(Object.entries(samples).map(([type, means]) => [type, { frame: encode(means), means }]))

process.stdout.write(
  toText({
    version: protocolVersion,
    hello: { frame: createHelloCodec(defaultLimits).encode(greeting, 1), means: greeting },
    messages: framesOf<Message>(messages, codec.encodeMessages),
    clientMessages: framesOf<ClientMessage>(clientMessages, codec.encodeClientMessages),
  }),
)
