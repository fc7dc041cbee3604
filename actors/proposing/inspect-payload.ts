import type { Footprint, Keys } from '../../machines/protocol/commands.ts'
import { envelopeBytesMax } from '../../machines/protocol/envelope.ts'
import type { Codec } from '../../net/codec.ts'
import type { Limits } from '../shared/limits.ts'
import type { StateMachine } from '../shared/state-machine.ts'
import type { Refusal } from './refusal.ts'

const encoder = new TextEncoder()

/** A command as it may be proposed, and what it touches. */
export interface InspectedCommand {
  /** The command, decoded: only to be read. */
  readonly command: unknown
  /** Its bytes, where they are not those that came: it was stamped with the time. */
  readonly restamped: Uint8Array | undefined
  readonly footprint: Footprint
}

/** The same, and its bytes. */
export interface Inspected extends InspectedCommand {
  readonly payload: Uint8Array
}

export interface Inspector {
  readonly stateMachine: StateMachine<unknown, unknown>
  readonly codec: Codec
  readonly limits: Limits
  /** The time of day. */
  nowMs(): number
}

/** An encoded command as it may be proposed, or why it must not be. */
export function inspectPayload(payload: Uint8Array, inspector: Inspector): Inspected | Refusal {
  let asked: unknown
  try {
    asked = inspector.codec.decodeData(payload)
  } catch (error) {
    return malformed(error)
  }
  const found = inspectCommand(asked, payload.length, inspector)
  return 'code' in found ? found : { ...found, payload: found.restamped ?? payload }
}

/**
 * A command, stamped with the time where its state machine wants that, or why it must not be proposed: nothing unsound ever
 * reaches a replica's log.
 * @param bytes how long it is, encoded
 */
export function inspectCommand(asked: unknown, bytes: number, inspector: Inspector): InspectedCommand | Refusal {
  const { stateMachine, codec, limits, nowMs } = inspector
  if (bytes > commandBytesMax(limits)) return tooManyBytes(bytes, limits)
  let inspected: InspectedCommand
  try {
    const stamped = stateMachine.stamped?.(asked, nowMs()) ?? asked
    const restamped = stamped === asked ? undefined : codec.encodeData(stamped)
    // As all others will read it, whatever it shares with the state machine.
    const command = restamped === undefined ? asked : codec.decodeData(restamped)
    inspected = { command, restamped, footprint: stateMachine.footprint(command) }
  } catch (error) {
    return malformed(error)
  }
  const { restamped, footprint } = inspected
  if (restamped !== undefined && restamped.length > commandBytesMax(limits))
    return tooManyBytes(restamped.length, limits)
  return refusalOf(footprint.reads, limits) ?? refusalOf(footprint.writes, limits) ?? inspected
}

/** The rest of a payload is its envelope's. */
const commandBytesMax = ({ payloadBytesMax, keyBytesMax }: Limits): number =>
  payloadBytesMax - envelopeBytesMax(keyBytesMax)

const tooManyBytes = (bytes: number, limits: Limits): Refusal =>
  tooLarge(`a command of ${bytes} bytes; at most ${commandBytesMax(limits)} are allowed`)

function refusalOf(keys: Keys, limits: Limits): Refusal | undefined {
  if (keys === 'all') return undefined
  // One more is its session's.
  const keysMax = limits.footprintKeysMax - 1
  if (keys.length > keysMax) return tooLarge(`${keys.length} keys in one command; at most ${keysMax} are allowed`)
  for (const key of keys) {
    if (key.length * 3 <= limits.keyBytesMax) continue
    const { length } = encoder.encode(key)
    if (length > limits.keyBytesMax)
      return tooLarge(`a key of ${length} bytes; at most ${limits.keyBytesMax} are allowed`)
  }
  return undefined
}

const tooLarge = (reason: string): Refusal => ({ code: 'tooLarge', reason })
const malformed = (error: unknown): Refusal => ({
  code: 'malformed',
  reason: `no command of this state machine: ${(error as Error).message}`,
})
