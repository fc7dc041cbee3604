import type { Footprint, Keys } from '../../machines/protocol/commands.ts'
import { envelopeBytesMax } from '../../machines/protocol/envelope.ts'
import type { Codec } from '../../net/codec.ts'
import type { Limits } from '../shared/limits.ts'
import type { StateMachine } from '../shared/state-machine.ts'
import type { Refusal } from './refusal.ts'

const encoder = new TextEncoder()

/** A command that may be proposed, and its footprint. */
export interface InspectedCommand {
  /** The decoded command, only to be read. */
  readonly command: unknown
  /** Its new bytes, if it was stamped with the time. */
  readonly restamped: Uint8Array | undefined
  readonly footprint: Footprint
}

/** An inspected command together with its bytes. */
export interface Inspected extends InspectedCommand {
  readonly payload: Uint8Array
}

export interface Inspector {
  readonly stateMachine: StateMachine<unknown, unknown>
  readonly codec: Codec
  readonly limits: Limits
  /** The time of day by the cluster clock (rule 10.3); undefined while it is not known. */
  nowMs(): number | undefined
}

/** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
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
 * Inspects a command: returns it, stamped with the time if its state machine wants that, or the refusal. Nothing
 * unsound ever reaches a replica's log.
 * @param bytes its encoded length
 */
export function inspectCommand(asked: unknown, bytes: number, inspector: Inspector): InspectedCommand | Refusal {
  const { stateMachine, codec, limits, nowMs } = inspector
  if (bytes > commandBytesMax(limits)) return tooManyBytes(bytes, limits)
  let inspected: InspectedCommand
  try {
    const now = stateMachine.stamped === undefined ? 0 : nowMs()
    const stamped = stateMachine.stamped?.(asked, now ?? 0) ?? asked
    if (stamped !== asked && now === undefined) return noClock
    const restamped = stamped === asked ? undefined : codec.encodeData(stamped)
    // Decoded again, as all other replicas will read it: the stamped command may share objects with the state machine.
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

/** Maximum size of a command: the rest of a payload is its envelope's. */
const commandBytesMax = ({ payloadBytesMax, keyBytesMax }: Limits): number =>
  payloadBytesMax - envelopeBytesMax(keyBytesMax)

const tooManyBytes = (bytes: number, limits: Limits): Refusal =>
  tooLarge(`a command of ${bytes} bytes; at most ${commandBytesMax(limits)} are allowed`)

function refusalOf(keys: Keys, limits: Limits): Refusal | undefined {
  if (keys === 'all') return undefined
  // One more key is its session's.
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

/** The commands that need no time are taken in without a clock. */
const noClock: Refusal = {
  code: 'notReady',
  reason: 'the command depends on the time, and too few clocks of the members are known here yet',
}
const tooLarge = (reason: string): Refusal => ({ code: 'tooLarge', reason })
const malformed = (error: unknown): Refusal => ({
  code: 'malformed',
  reason: `no command of this state machine: ${(error as Error).message}`,
})
