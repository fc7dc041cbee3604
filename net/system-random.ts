import type { Random } from './clock.ts'

/** The real source of randomness: the one place where it enters. Not for secrets. */
// biome-ignore lint/plugin: this is where randomness is let in; everything else has it handed in.
export const systemRandom: Random = () => Math.random()
