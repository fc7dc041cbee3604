import type { Random } from '../machines/protocol/clock.ts'

/** The real source of randomness: the one place where it enters. Not for secrets. */
export const systemRandom: Random = () => Math.random()
