import { QuorumReads } from '../../reading/quorum-reads.ts'
import type { Doors } from '../doors.ts'
import type { Executing } from './execution.ts'
import type { Instancing } from './instances.ts'
import type { Records } from './records.ts'

/** Wires the reads by quorum. */
export function wireReading({ options, membership, self }: Doors, parts: Records & Executing & Instancing) {
  const { clock, limits, tap } = options
  const { life, ledger, links, outbox, ownStore, execution, stateWatch, heard, reach, admission, counters } = parts
  const reads = new QuorumReads({
    self,
    membership,
    limits,
    life,
    ledger,
    links,
    outbox,
    ownStore,
    execution,
    stateWatch,
    heard,
    reach,
    admission,
    counters,
    tap,
    now: () => clock.now(),
  })
  return { reads }
}
export type Reading = ReturnType<typeof wireReading>
