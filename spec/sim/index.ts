/** The seeded world: production replicas on simulated time, network, disks and clients, and the checks on all of it. */
export {
  checkHistory,
  checkObject,
  type HistoryVerdict,
  type KvOperation,
  type Model,
} from './linearizability/index.ts'
export { runSeed, type SeedReport } from './run-seed.ts'
export { Violation } from './violation.ts'
export { drawPlan, type Plan } from './world/plan.ts'
export { createDraw, type Draw } from './world/random.ts'
export { type Counts, healingDelaysMax, World } from './world/world.ts'
