import type { Codec } from '../../../net/codec.ts'
import type { Workload } from '../workload/workload.ts'
import type { Chronicle } from './chronicle.ts'
import type { Counts } from './counts.ts'
import type { Events } from './events.ts'
import type { Plan } from './plan.ts'
import type { Draw } from './random.ts'
import type { WorldFault, WorldWatcher } from './watcher.ts'

/** What all parts of one world share. */
export interface Setting {
  readonly plan: Plan
  readonly draw: Draw
  readonly events: Events
  readonly codec: Codec
  readonly workload: Workload
  readonly counts: Counts
  readonly chronicle: Chronicle
  readonly watcher: WorldWatcher | undefined
  /** Tells the watcher, if there is one. */
  fault(fault: WorldFault): void
  /** Runs a check; a violation ends the world with the event that is happening. */
  check(run: () => void): void
}
