import type { TableStateMachine } from '../../actors/shared/state-machine.ts'
import { StateTables } from '../../actors/tables/state-tables.ts'

type WithTables = Pick<TableStateMachine<unknown, unknown>, 'tables' | 'replaced'>

function engineOf({ tables }: WithTables): StateTables {
  if (tables instanceof StateTables) return tables
  throw new TypeError('tables of another library')
}

/** The whole state of a state machine with tables, as bytes: equal states have equal ones. */
export const stateOf = (machine: WithTables): readonly Uint8Array[] => engineOf(machine).images(() => true)

/** Its digest, which is kept with each write. */
export const digestOfState = (machine: WithTables): string => engineOf(machine).digest(() => true)

/** Gives a state machine the whole state of another one, as a checkpoint does. */
export function giveState(to: WithTables, from: WithTables): void {
  engineOf(to).restore(stateOf(from))
  to.replaced?.()
}
