import type { Codec } from '../../net/codec.ts'
import type { Tables } from '../shared/tables.ts'
import { StateMachineError } from '../shared/user-state-machine.ts'
import { StateTables, systemMark } from '../tables/state-tables.ts'

/** The tables of the library's own that are part of the state; the conflict index differs from replica to replica. */
export const sessionsTable = `${systemMark}sessions`
export const snapshotTable = `${systemMark}state`
export const isOfState = (name: string): boolean =>
  !name.startsWith(systemMark) || name === sessionsTable || name === snapshotTable
export const isOfStateMachine = (name: string): boolean => isOfState(name) && name !== sessionsTable

/** The tables of a state machine, or, for one without, such as hold what else is to be written. */
export function engineOf(tables: Tables | undefined, codec: Codec): StateTables {
  if (tables === undefined) return new StateTables(codec)
  if (tables instanceof StateTables) return tables
  throw new StateMachineError('badStateMachine', '`tables` of the state machine: made by `createTables` is expected')
}
