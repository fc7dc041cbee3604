import { completeLimits } from '../shared/check-limits.ts'
import { type ClientLimits, defaultClientLimits } from './limits.ts'

/** Retries may follow at once. */
const mayBeZero: ReadonlySet<string> = new Set<keyof ClientLimits>(['pauseMs', 'pauseMaxMs', 'headStartMs'])

/**
 * The limits of a client among its options: those that are given, the defaults of the others.
 * @throws LimitsError for one that is no positive number
 */
export function clientLimitsOf(options: Partial<ClientLimits>): ClientLimits {
  const given = Object.keys(defaultClientLimits).map(name => [name, options[name as keyof ClientLimits]] as const)
  return completeLimits(defaultClientLimits, Object.fromEntries(given), mayBeZero)
}
