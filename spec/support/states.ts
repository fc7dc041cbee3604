import type { TableStateMachine } from '../../actors/shared/state-machine.ts'
import type { SegmentInfo } from '../../actors/tables/segment.ts'
import { StateTables } from '../../actors/tables/state-tables.ts'

type WithTables = Pick<TableStateMachine<unknown, unknown>, 'tables' | 'replaced'>

/** A checkpoint as a store keeps it: its segments, and the bytes of each by its id. */
export interface Checkpoint {
  readonly live: readonly SegmentInfo[]
  readonly bytes: ReadonlyMap<number, Uint8Array>
}

/** All that tables hold, as the segments of a checkpoint that is given up afterwards: the tables stay as they are. */
export function checkpointOf(tables: StateTables, segmentBytesMax = 1_000): Checkpoint {
  if (tables.live.length > 0) throw new TypeError('tables with a durable checkpoint write only what changed since')
  const slices = tables.begin(1, segmentBytesMax)
  const bytes = new Map<number, Uint8Array>()
  while (!slices.isDone) for (const segment of slices.slice(100)) bytes.set(segment.info.id, segment.bytes.slice())
  const { live } = slices
  tables.abandoned()
  return { live, bytes }
}

/** Replaces what tables hold by a checkpoint, as a restart does. */
export function loadInto(tables: StateTables, { live, bytes }: Checkpoint): void {
  const loader = tables.load(live)
  for (let next = loader.next; next !== undefined; next = loader.next) {
    loader.add(bytes.get(next.id)!)
    while (loader.step());
  }
  while (loader.step());
  if (!loader.isDone) throw new TypeError('all segments came, and the loader is not done')
}

function engineOf({ tables }: WithTables): StateTables {
  if (tables instanceof StateTables) return tables
  throw new TypeError('tables of another library')
}

/** The digest of a state machine with tables, which is kept with each write: equal states have equal ones. */
export const digestOfState = (machine: WithTables): string => engineOf(machine).digest(() => true)

/** Gives a state machine the whole state of another one, as a checkpoint does. */
export function giveState(to: WithTables, from: WithTables): void {
  loadInto(engineOf(to), checkpointOf(engineOf(from)))
  to.replaced?.()
}
