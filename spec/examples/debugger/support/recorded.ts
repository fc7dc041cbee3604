import type { TraceEvent, TraceHeader } from '../../../../examples/debugger/trace/format.ts'
import { recordWorld } from '../../../../examples/debugger/world/record-world.ts'

/** A world of today's replicas, lived through. */
export const recorded = (seed: number): { header: TraceHeader; events: TraceEvent[] } => {
  const events: TraceEvent[] = []
  let header: TraceHeader | undefined
  recordWorld({ seed }, undefined, begun => {
    header = begun
    return event => events.push(event)
  })
  return { header: header!, events }
}
