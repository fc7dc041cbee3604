import { Violation } from '../violation.ts'
import { kvWorkload } from '../workload/kv.ts'
import type { Counts } from '../world/counts.ts'
import { drawPlan } from '../world/plan.ts'
import { createDraw } from '../world/random.ts'
import { World } from '../world/world.ts'
import { LibraryLoad } from './load.ts'

export interface LibraryReport {
  readonly counts: Counts
  readonly violation: Violation | undefined
}

/**
 * Lives one world through whose clients are the library's. They promise, so that between two things that happen all promises
 * that can go on do; equal seeds give equal worlds all the same.
 * @param trace gets one line an event
 */
export async function runLibrarySeed(seed: number, trace?: (line: string) => void): Promise<LibraryReport> {
  const plan = drawPlan(createDraw(`plan ${seed}`))
  const world = new World(`library ${seed}`, plan, {
    workload: kvWorkload,
    trace,
    watcher: { tap: () => ({}), fault: () => {}, lost: () => {} },
    load: (setting, cluster) => new LibraryLoad(setting, cluster),
  })
  try {
    for (const life = world.live(); ; ) {
      const { done } = life.next()
      if (done) return { counts: world.counts, violation: undefined }
      await new Promise(resolve => setImmediate(resolve))
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { counts: world.counts, violation: error }
  }
}
