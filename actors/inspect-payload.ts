import type { Footprint, Keys } from '../machines/protocol/commands.ts'
import type { Codec } from '../net/codec.ts'
import type { Limits } from './limits.ts'
import type { Refusal } from './sessions.ts'
import type { StateMachine } from './state-machine.ts'

const encoder = new TextEncoder()

/** A command as it may be proposed, and what it touches. */
export interface Inspected {
  /** The command, decoded: only to be read. */
  readonly command: unknown
  /** Its bytes. */
  readonly payload: Uint8Array
  readonly footprint: Footprint
}

/**
 * An encoded command, stamped with the time where its state machine wants that, or why it must not be proposed: nothing
 * unsound ever reaches a replica's log.
 * @param nowMs the time of day
 */
export function inspectPayload(
  payload: Uint8Array,
  stateMachine: StateMachine<unknown, unknown>,
  codec: Codec,
  limits: Limits,
  nowMs: number,
): Inspected | Refusal {
  if (payload.length > limits.payloadBytesMax)
    return tooLarge(`a command of ${payload.length} bytes; at most ${limits.payloadBytesMax} are allowed`)
  let inspected: Inspected
  try {
    const asked = codec.decodeData(payload)
    const stamped = stateMachine.stamped?.(asked, nowMs) ?? asked
    const bytes = stamped === asked ? payload : codec.encodeData(stamped)
    // As all others will read it, whatever it shares with the state machine.
    const command = stamped === asked ? asked : codec.decodeData(bytes)
    inspected = { command, payload: bytes, footprint: stateMachine.footprint(command) }
  } catch (error) {
    return { code: 'malformed', reason: `no command of this state machine: ${(error as Error).message}` }
  }
  const { reads, writes } = inspected.footprint
  return refusalOf(reads, limits) ?? refusalOf(writes, limits) ?? inspected
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
