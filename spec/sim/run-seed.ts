import { Violation } from './violation.ts'
import { drawPlan, type Plan } from './world/plan.ts'
import { createDraw } from './world/random.ts'
import { type Counts, World } from './world/world.ts'

/** What came of one seed. */
export interface SeedReport {
  readonly seed: number
  readonly plan: Plan
  readonly counts: Counts
  readonly violation: Violation | undefined
}

/** Lives one world through, exactly as every other run of the same seed. */
export function runSeed(seed: number, trace?: (line: string) => void): SeedReport {
  const plan = drawPlan(createDraw(`plan ${seed}`))
  const world = new World(`world ${seed}`, plan, trace)
  try {
    return { seed, plan, counts: world.run(), violation: undefined }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { seed, plan, counts: world.counts, violation: error }
  }
}
