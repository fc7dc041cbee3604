import type { WorldWatcher } from '../../../spec/sim/index.ts'
import { Causality } from '../trace/causality.ts'
import type { Encoder } from '../trace/encode.ts'
import type { TraceEvent } from '../trace/format.ts'
import { tracerTap } from '../trace/tracer.ts'

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000

/** Tells all that happens in a seeded world as a trace: in the order of its one queue, with numbers and clocks. */
export function traceWatcher(encoder: Encoder, emit: (event: TraceEvent) => void): WorldWatcher {
  const causality = new Causality()
  const tell = (event: TraceEvent): void => emit(causality.complete(event))
  return {
    tap: (member, nowMs) => tracerTap({ at: member, encoder, nowMs: () => rounded(nowMs()), emit: tell }),
    fault: (fault, nowMs) => tell({ kind: 'fault', ms: rounded(nowMs), ...fault }),
    lost: (from, to, messages, why, nowMs) => {
      for (const message of messages)
        tell({ kind: 'lost', ms: rounded(nowMs), at: from, to, message: encoder.message(message), why })
    },
  }
}
