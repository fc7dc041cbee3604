/** Runs, in a copy, the worlds of the seeds from the first argument to the second, and prints the outcome: the first that fails. */
import { runSeed } from '../../sim/run-seed.ts'
import { howOf, isBrokenCode, type Outcome } from '../outcome.ts'

const [first, last] = process.argv.slice(2).map(Number)

function failureOf(seed: number): Error | undefined {
  try {
    return runSeed(seed).violation
  } catch (error) {
    return error as Error
  }
}

function outcome(): Outcome {
  for (let seed = first!; seed <= last!; seed++) {
    const error = failureOf(seed)
    if (error === undefined) continue
    if (isBrokenCode(error)) throw error
    return { caught: true, how: howOf(error), needed: `seed ${seed}` }
  }
  return { caught: false, tried: last! - first! + 1 }
}

console.log(JSON.stringify(outcome()))
