import {
  biasedPlan,
  createDraw,
  drawPlan,
  kvWorkload,
  longPlan,
  type Plan,
  Violation,
  type Workload,
  World,
} from '../../../spec/sim/index.ts'
import { Encoder, type ShowPayload } from '../trace/encode.ts'
import type { TraceEvent, TraceHeader } from '../trace/format.ts'
import { type WhichWorld, worldHeader } from './header.ts'
import { violationEvent } from './violation-event.ts'
import { traceWatcher } from './watcher.ts'

/** The plan that `sim --seed` draws for this world. */
export function planOfWorld({ seed, biased, hours }: WhichWorld): Plan {
  if (hours !== undefined) return longPlan(hours)
  return (biased === true ? biasedPlan : drawPlan)(createDraw(`plan ${seed}`))
}

/** Lives a world through at once, and tells it. @returns what it broke, if it broke anything */
export function recordWorld(
  which: WhichWorld,
  show: ShowPayload | undefined,
  begin: (header: TraceHeader) => (event: TraceEvent) => void,
  workload: Workload = kvWorkload,
): Violation | undefined {
  const plan = planOfWorld(which)
  const header = worldHeader(which, plan, show !== undefined)
  const emit = begin(header)
  let lastMs = 0
  const watcher = traceWatcher(new Encoder(header.members, show), event => {
    lastMs = event.ms
    emit(event)
  })
  const world = new World(`world ${which.seed}`, plan, { workload, watcher })
  try {
    world.run()
    emit({ kind: 'end', ms: lastMs, why: 'the world is over: nothing was violated' })
    return undefined
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    emit(violationEvent(error, header, lastMs))
    emit({ kind: 'end', ms: lastMs, why: `the world ends with a violation: ${error.property}` })
    return error
  }
}
