import type { Footprint } from '../../machines/protocol/commands.ts'
import { envelopeBytesMax } from '../../machines/protocol/envelope.ts'
import { sameBytes } from '../../machines/protocol/same-bytes.ts'
import type { Codec } from '../../net/codec.ts'
import type { Limits } from '../shared/limits.ts'
import { disown, messageOf } from '../shared/thrown.ts'
import type { UserStateMachine } from '../shared/user-state-machine.ts'
import { inspectFootprint, tooLarge } from './inspect-footprint.ts'
import type { Refusal } from './refusal.ts'

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
  readonly stateMachine: UserStateMachine
  readonly codec: Codec
  readonly limits: Limits
  /** The time of day by the cluster clock (rule 10.3); undefined while it is not known. */
  nowMs(): number | undefined
}

/** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
export function inspectPayload(payload: Uint8Array, inspector: Inspector): Inspected | Refusal {
  let asked: unknown
  try {
    asked = inspector.codec.decodeData(payload, inspector.stateMachine.texts)
  } catch (error) {
    return malformed(error)
  }
  const found = inspectCommand(asked, payload.length, inspector)
  return 'code' in found ? found : { ...found, payload: found.restamped ?? payload }
}

/** Inspects an encoded command that the state machine itself has due, with the time in it already. */
export function inspectDue(payload: Uint8Array, inspector: Inspector): Inspected | Refusal {
  const { stateMachine, codec, limits } = inspector
  if (payload.length > commandBytesMax(limits)) return tooManyBytes(payload.length, limits)
  try {
    const command = codec.decodeData(payload, stateMachine.texts)
    const footprint = inspectFootprint(stateMachine.footprint(command), limits)
    return 'code' in footprint ? footprint : { command, restamped: undefined, footprint, payload }
  } catch (error) {
    return malformed(error)
  }
}

/**
 * Inspects a command: returns it, stamped with the time if its state machine wants that, or the refusal. Nothing
 * unsound ever reaches a replica's log.
 * @param bytes its encoded length
 */
export function inspectCommand(asked: unknown, bytes: number, inspector: Inspector): InspectedCommand | Refusal {
  const { stateMachine, codec, limits, nowMs } = inspector
  if (bytes > commandBytesMax(limits)) return tooManyBytes(bytes, limits)
  let stamped: unknown
  try {
    const now = nowMs()
    stamped = stateMachine.stamped(asked, now ?? anyMs)
    const restamped = stamped === asked ? undefined : codec.encodeData(stamped)
    if (restamped !== undefined && restamped.length > commandBytesMax(limits))
      return tooManyBytes(restamped.length, limits)
    if (restamped !== undefined && now === undefined && dependsOnTime(asked, restamped, inspector)) return noClock
    // Decoded again, as all other replicas will read it: the stamped command may share objects with the state machine.
    const command = restamped === undefined ? asked : codec.decodeData(restamped, stateMachine.texts)
    const footprint = inspectFootprint(stateMachine.footprint(command), limits)
    return 'code' in footprint ? footprint : { command, restamped, footprint }
  } catch (error) {
    if (stamped !== asked) disown(stamped)
    return malformed(error)
  }
}

/** Maximum size of a command: the rest of a payload is its envelope's. */
const commandBytesMax = ({ payloadBytesMax, keyBytesMax }: Limits): number =>
  payloadBytesMax - envelopeBytesMax(keyBytesMax)

const tooManyBytes = (bytes: number, limits: Limits): Refusal =>
  tooLarge(`a command of ${bytes} bytes; at most ${commandBytesMax(limits)} are allowed`)

/** Some time, and another, for state machines that are asked while the time is not known. */
const anyMs = 1
const otherMs = 2 ** 40

/** Whether a command that was stamped at `anyMs` would be another at another time. */
function dependsOnTime(asked: unknown, restamped: Uint8Array, { stateMachine, codec }: Inspector): boolean {
  return !sameBytes(codec.encodeData(stateMachine.stamped(asked, otherMs)), restamped)
}

export const noClock: Refusal = {
  code: 'notReady',
  reason: 'the command depends on the time, and too few clocks of the members are known here yet',
}

export const malformed = (error: unknown): Refusal => ({
  code: 'malformed',
  reason: `no command of this state machine: ${messageOf(error)}`,
})
