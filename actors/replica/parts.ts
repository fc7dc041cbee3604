import type { Doors } from './doors.ts'
import { wireExecution } from './wiring/execution.ts'
import { wireInstances } from './wiring/instances.ts'
import { wireProposing } from './wiring/proposing.ts'
import { wireReading } from './wiring/reading.ts'
import { wireRecords } from './wiring/records.ts'
import { wireReplica } from './wiring/replica.ts'

/** The parts of one replica. */
export type Parts = ReturnType<typeof wireParts>

/**
 * Makes the parts of one replica, room by room. A part is given the parts before it, and none after it, except for one
 * pair that is named where it is made (spec/actors/wiring reads all of this, and lists which part knows which).
 */
export function wireParts(doors: Doors) {
  const records = wireRecords(doors)
  const executing = { ...records, ...wireExecution(doors, records) }
  const instancing = { ...executing, ...wireInstances(doors, executing) }
  const reading = { ...instancing, ...wireReading(doors, instancing) }
  const proposing = { ...reading, ...wireProposing(doors, reading) }
  return { ...proposing, ...wireReplica(doors, proposing) }
}
