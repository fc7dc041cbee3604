import { defaultLimits } from '../../actors/shared/limits.ts'
import type { EarlierEnvelope, Envelope } from '../../machines/protocol/envelope.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { operationNumbered } from './commands.ts'

const textMax = 200

/** What a payload of the key-value store says, values and all: for a debugger that was asked to show them. */
export function showPayload(): (payload: Uint8Array) => string {
  const codec = createCodec(defaultLimits)
  return payload => {
    const envelope = codec.decodeList(payload) as unknown as Envelope | EarlierEnvelope
    switch (envelope[0]) {
      case 5:
        return shown(envelope[1])
      case 6:
        return shown(envelope[4])
      case 8:
        return envelope[4].map(shown).join('; ')
      case 2:
        return 'a session opens'
      case 3:
        return 'a session expires'
      case 4:
        return 'a point of comparison'
      case 7:
        return `records up to {${envelope[1]}} may go`
      default:
        return `${payload.length} bytes`
    }
  }
}

function shown(command: unknown): string {
  // In seeded worlds commands have names.
  if (!Array.isArray(command)) return '?'
  if (typeof command[0] === 'string') return `${command[0]} ${shown(command[1])}`
  const [kind, ...args] = command as readonly unknown[]
  return [operationNumbered(kind)?.name ?? `command ${kind}`, ...args.map(each => JSON.stringify(each))]
    .join(' ')
    .slice(0, textMax)
}
