import type { Clock } from '../machines/protocol/clock.ts'

/** The time of day of this machine, ms since 1970: for deadlines that other replicas keep, too. */
export const systemWallClock = (): number => Date.now()

/** The clock of this process: it does not go back when the time of day is set. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: handle => clearTimeout(handle as NodeJS.Timeout),
}
