import type { Message } from '../../../index.ts'
import type { WorldWatcher } from '../../../spec/sim/index.ts'
import { Causality } from '../trace/causality.ts'
import type { Encoder } from '../trace/encode.ts'
import type { Member, TraceEvent } from '../trace/format.ts'
import { tracerTap } from '../trace/tracer.ts'

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000

export interface TraceWatcher extends WorldWatcher {
  /** The number under which a message that was sent to somebody stands in the trace; undefined before it left. */
  numberOf(message: Message, to: Member): number | undefined
}

/** Tells all that happens in a seeded world as a trace: in the order of its one queue, with numbers and clocks. */
export function traceWatcher(encoder: Encoder, emit: (event: TraceEvent) => void): TraceWatcher {
  const causality = new Causality()
  const numbers = new WeakMap<Message, Map<Member, number>>()
  let completed: TraceEvent | undefined
  const tell = (event: TraceEvent): void => {
    completed = causality.complete(event)
    emit(completed)
  }
  return {
    tap(member, nowMs) {
      const tap = tracerTap({ at: member, encoder, nowMs: () => rounded(nowMs()), emit: tell })
      return {
        ...tap,
        sent(to, message) {
          tap.sent(to, message)
          if (completed?.kind !== 'sent' || completed.no === undefined) return
          const known = numbers.get(message)
          if (known === undefined) numbers.set(message, new Map([[completed.to, completed.no]]))
          else known.set(completed.to, completed.no)
        },
      }
    },
    numberOf: (message, to) => numbers.get(message)?.get(to),
    fault: (fault, nowMs) => tell({ kind: 'fault', ms: rounded(nowMs), ...fault }),
    lost: (from, to, messages, why, nowMs) => {
      for (const message of messages)
        tell({ kind: 'lost', ms: rounded(nowMs), at: from, to, message: encoder.message(message), why })
    },
  }
}
