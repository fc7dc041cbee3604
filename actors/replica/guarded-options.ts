import type { ReplicaEvent } from '../shared/events.ts'
import { guardedTap } from '../shared/guarded-tap.ts'
import { wordsOf } from '../shared/thrown.ts'
import type { ReplicaOptions } from './options.ts'

/** Options whose observers, a tap and a log, cannot end the replica by an error of theirs. */
export function guarded<C, R>(options: ReplicaOptions<C, R>): ReplicaOptions<C, R> {
  const log = options.log && guardedLog(options.log)
  const tap =
    options.tap &&
    guardedTap(options.tap, (method, error) =>
      log?.({ code: 'observerFailed', what: `${method} of the tap`, detail: wordsOf(error) }),
    )
  return { ...options, ...(log === undefined ? undefined : { log }), ...(tap === undefined ? undefined : { tap }) }
}

/** A log that throws has nobody left to be told to. */
function guardedLog(log: (event: ReplicaEvent) => void): (event: ReplicaEvent) => void {
  return event => {
    try {
      log(event)
    } catch {}
  }
}
