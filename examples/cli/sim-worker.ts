import { runSeed, storyOf, traceHash } from '../../spec/sim/index.ts'
import { worldsOf } from './sim-plan.ts'
import type { WorldRequest } from './sim-pool.ts'
import { add, newTotals } from './sim-totals.ts'

// One process of `sim`: a seed comes in, what it adds up to goes out; it ends when its parent does.
process.on('message', message => {
  const { seed, hashes, ...which } = message as WorldRequest
  const options = worldsOf(which)
  const hash = hashes ? traceHash() : undefined
  const report = runSeed(seed, { ...options, trace: hash?.trace })
  const totals = newTotals()
  add(totals, report, storyOf(report, options))
  if (hash !== undefined) totals.hashes[seed] = hash.digest()
  process.send!(totals)
})
process.once('disconnect', () => process.exit())
