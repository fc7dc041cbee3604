import { initialBallot } from './ballots.ts'
import { type Command, command, NOP, value } from './commands.ts'
import { dependencies, noDependencies } from './dependencies.ts'
import { oneOf, optional, struct, type TypeOf, uint } from './shape.ts'

export const phase = oneOf('initial', 'preAccepted', 'accepted', 'committed')
export type Phase = TypeOf<typeof phase>

/**
 * The promises and votes of one replica for one instance ([section 2](./README.md#section-2)): exactly the state that
 * must survive a crash. Records are values: a change makes a new one. Field names are those of
 * [the protocol](./README.md).
 */
export const record = struct({
  phase,
  /** The ballot promised. */
  bal: uint,
  /** The ballot of the last slow-path vote. Not the same as `bal`: one variable for both is a known bug (B1). */
  abal: uint,
  /** The command as last voted for, or learnt. */
  cmd: optional(value),
  /** The payload as first learnt; stays when the instance becomes Nop. */
  initCmd: optional(command),
  dep: dependencies,
  /** The dependencies that the initial coordinator (or a validate) proposed. */
  initDep: dependencies,
})
export type Record = TypeOf<typeof record>

/** The record of an instance never heard of. */
export const initialRecord = (n: number): Record => ({
  phase: 'initial',
  bal: initialBallot,
  abal: initialBallot,
  cmd: undefined,
  initCmd: undefined,
  dep: noDependencies(n),
  initDep: noDependencies(n),
})

/** The payload, where it is known: initCmd, or a cmd that is not Nop. An accepted Nop gives none (section 2). */
export function payloadOf(record: Record): Command | undefined {
  if (record.initCmd !== undefined) return record.initCmd
  return record.cmd === undefined || record.cmd === NOP ? undefined : record.cmd
}
