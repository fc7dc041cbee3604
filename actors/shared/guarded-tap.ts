import type { Tap } from './tap.ts'

/** All methods of a tap. */
const methods = {
  written: true,
  sent: true,
  received: true,
  rejected: true,
  stepped: true,
  committed: true,
  gateChanged: true,
  readsChanged: true,
  executed: true,
  resubmitted: true,
  truncated: true,
  snapshotCame: true,
  flushBegan: true,
  flushEnded: true,
  timerSet: true,
  stalled: true,
  linkChanged: true,
  stateChanged: true,
} as const satisfies { readonly [method in keyof Tap]-?: true }

type Method = (...args: readonly unknown[]) => void

/**
 * A tap whose errors do not reach the replica. A method that has thrown is reported, and not called again; another
 * listener that is attached in its place is. A method that the tap lacks costs one check, as without a guard.
 */
export function guardedTap(tap: Tap, report: (method: string, error: unknown) => void): Tap {
  const guarded: Tap = {}
  for (const name of Object.keys(methods) as (keyof Tap)[]) {
    let known: Method | undefined
    let called: Method | undefined
    Object.defineProperty(guarded, name, {
      enumerable: true,
      get: () => {
        const method = tap[name] as Method | undefined
        if (method === known) return called
        known = method
        called =
          method &&
          ((...args) => {
            try {
              method.call(tap, ...args)
            } catch (error) {
              if (known === method) called = undefined
              report(name, error)
            }
          })
        return called
      },
    })
  }
  return guarded
}
