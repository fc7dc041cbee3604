import type { Clock } from '../machines/protocol/clock.ts'

/** The time of day of this machine, ms since 1970: for deadlines that others keep, too. */
export const systemWallClock = (): number => Date.now()

/** The clock of this process: it does not go back when somebody sets the time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: handle => clearTimeout(handle as NodeJS.Timeout),
}
