import { createHash } from 'node:crypto'
import { runSeed } from './run-seed.ts'

// Prints the hash of the whole trace of each seed given.
for (const seed of process.argv.slice(2)) {
  const hash = createHash('sha256')
  runSeed(Number(seed), line => hash.update(`${line}\n`))
  console.log(hash.digest('hex'))
}
