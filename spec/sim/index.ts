/**
 * The seeded world: production replicas on simulated time, network, disks and clients, and the checks on all of it. Bring
 * your own state machine as a `Workload`: `runSeed(1, { workload })`.
 */
export { type Rule, rules } from './checks/rules.ts'
export {
  checkHistory,
  checkObject,
  defaultBudget,
  type History,
  HistoryError,
  type HistoryVerdict,
  type KvOperation,
  type Model,
  readHistory,
} from './linearizability/index.ts'
export { type RunOptions, runSeed, type SeedReport, storyOf } from './run-seed.ts'
export { traceHash } from './trace-hash.ts'
export { Violation, type ViolationProperty } from './violation.ts'
export { kvWorkload } from './workload/kv.ts'
export { strangeWorkload } from './workload/strange.ts'
export type { Load, Operation, Workload } from './workload/workload.ts'
export type { Counts } from './world/counts.ts'
export type { Deeds } from './world/deeds.ts'
export { biasedPlan, drawPlan, longPlan, type Plan } from './world/plan.ts'
export { createDraw, type Draw } from './world/random.ts'
export type { WorldFault, WorldWatcher } from './world/watcher.ts'
export { healingDelaysMax, messagesPerPairDelayMax, World } from './world/world.ts'
