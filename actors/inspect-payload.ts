import type { Footprint, Keys } from '../machines/protocol/commands.ts'
import type { Codec } from '../net/codec.ts'
import type { Limits } from './limits.ts'
import type { Refusal } from './sessions.ts'
import type { StateMachine } from './state-machine.ts'

const encoder = new TextEncoder()

/** What an encoded command touches, or why it must not be proposed: nothing unsound ever reaches a replica's log. */
export function inspectPayload(
  payload: Uint8Array,
  stateMachine: StateMachine<never, unknown>,
  codec: Codec,
  limits: Limits,
): Footprint | Refusal {
  if (payload.length > limits.payloadBytesMax)
    return tooLarge(`a command of ${payload.length} bytes; at most ${limits.payloadBytesMax} are allowed`)
  let footprint: Footprint
  try {
    footprint = stateMachine.footprint(codec.decodeData(payload) as never)
  } catch (error) {
    return { code: 'malformed', reason: `no command of this state machine: ${(error as Error).message}` }
  }
  return refusalOf(footprint.reads, limits) ?? refusalOf(footprint.writes, limits) ?? footprint
}

function refusalOf(keys: Keys, limits: Limits): Refusal | undefined {
  if (keys === 'all') return undefined
  if (keys.length > limits.footprintKeysMax)
    return tooLarge(`${keys.length} keys in one command; at most ${limits.footprintKeysMax} are allowed`)
  const long = keys.find(key => key.length * 3 > limits.keyBytesMax && encoder.encode(key).length > limits.keyBytesMax)
  if (long === undefined) return undefined
  return tooLarge(`a key of ${encoder.encode(long).length} bytes; at most ${limits.keyBytesMax} are allowed`)
}

const tooLarge = (reason: string): Refusal => ({ code: 'tooLarge', reason })
