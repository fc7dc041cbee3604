import type { ReplicaEvent } from '../shared/events.ts'
import { guardedTap } from '../shared/guarded-tap.ts'
import { wordsOf } from '../shared/thrown.ts'
import type { ReplicaOptions } from './options.ts'
import type { RuntimeStatus } from './status.ts'

/** Options whose observers, a tap, a log and a measure, cannot end the replica by an error of theirs. */
export function guarded<C, R>(options: ReplicaOptions<C, R>): ReplicaOptions<C, R> {
  const log = options.log && guardedLog(options.log)
  const failed = (what: string) => (error: unknown) => log?.({ code: 'observerFailed', what, detail: wordsOf(error) })
  const tap = options.tap && guardedTap(options.tap, (method, error) => failed(`${method} of the tap`)(error))
  const runtime = options.runtime && guardedMeasure(options.runtime, failed('the measure of the process'))
  return {
    ...options,
    ...(log === undefined ? undefined : { log }),
    ...(tap === undefined ? undefined : { tap }),
    ...(runtime === undefined ? undefined : { runtime }),
  }
}

/** A log that throws has nobody left to be told to. */
export function guardedLog(log: (event: ReplicaEvent) => void): (event: ReplicaEvent) => void {
  return event => {
    try {
      log(event)
    } catch {}
  }
}

/** A measure that has thrown is not asked again: the status goes without it. */
function guardedMeasure(
  measure: () => RuntimeStatus | undefined,
  failed: (error: unknown) => void,
): () => RuntimeStatus | undefined {
  let isBroken = false
  return () => {
    if (isBroken) return undefined
    try {
      return measure()
    } catch (error) {
      isBroken = true
      failed(error)
      return undefined
    }
  }
}
