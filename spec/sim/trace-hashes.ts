import { runSeed } from './run-seed.ts'
import { traceHash } from './trace-hash.ts'

// Prints the hash of the whole trace of each seed given.
for (const seed of process.argv.slice(2)) {
  const { trace, digest } = traceHash()
  runSeed(Number(seed), { trace })
  console.log(digest())
}
