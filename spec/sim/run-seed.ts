import { Violation } from './violation.ts'
import { kvWorkload } from './workload/kv.ts'
import type { Workload } from './workload/workload.ts'
import type { Counts } from './world/counts.ts'
import { drawPlan, type Plan } from './world/plan.ts'
import { createDraw, type Draw } from './world/random.ts'
import type { WorldWatcher } from './world/watcher.ts'
import { World } from './world/world.ts'

export interface RunOptions {
  /** Draws or gives the plan; without it `drawPlan`. */
  readonly plan?: ((draw: Draw) => Plan) | undefined
  /** What runs in it; without it the key-value store. */
  readonly workload?: Workload | undefined
  /** Gets one line an event. */
  readonly trace?: ((line: string) => void) | undefined
  /** Sees all that happens. */
  readonly watcher?: WorldWatcher | undefined
}

/** What came of one seed. */
export interface SeedReport {
  readonly seed: number
  readonly plan: Plan
  readonly counts: Counts
  readonly violation: Violation | undefined
}

/** Lives one world through, exactly as every other run of the same seed and options. */
export function runSeed(
  seed: number,
  { plan = drawPlan, workload = kvWorkload, trace, watcher }: RunOptions = {},
): SeedReport {
  const drawn = plan(createDraw(`plan ${seed}`))
  const world = new World(`world ${seed}`, drawn, { workload, trace, watcher })
  try {
    return { seed, plan: drawn, counts: world.run(), violation: undefined }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { seed, plan: drawn, counts: world.counts, violation: error }
  }
}

/** Lines of a story that is still worth reading. */
const storyLinesMax = 60

/** A violated seed once more, and of all its events only those that are about what was violated. */
export function storyOf({ seed, violation }: SeedReport, options: RunOptions = {}): string[] {
  if (violation === undefined) return []
  const about = violation.about.map(name => new RegExp(`(^|[^\\w.])${name.replaceAll('.', '\\.')}($|[^\\w.])`))
  const lines: string[] = []
  runSeed(seed, {
    ...options,
    trace: line => {
      if (about.length === 0 || /^ *[\d.]+ {2}[A-Z]{3,}/.test(line) || about.some(name => name.test(line)))
        lines.push(line)
    },
  })
  return lines.slice(-storyLinesMax)
}
