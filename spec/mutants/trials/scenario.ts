/**
 * Runs, in a copy, the scenarios whose titles begin as the arguments say, each by itself, and prints an outcome a line.
 * Exit code 1 when a title names no scenario, or the code does not run.
 */
import { Assertion } from 'chai'
import { Story } from '../../scenarios/support/story.ts'
import { Violation } from '../../sim/violation.ts'
import { howOf, isBrokenCode, type Outcome } from '../outcome.ts'
import { collectScenarios, type Scenario } from './collect.ts'

interface Failure {
  readonly error: Error
  readonly step: number | undefined
}

/** What failed while the scenario runs on: what it expected and did not find, in the order of the schedule. */
let unmet: Failure[] = []
const failed = (error: unknown): Failure => ({ error: error as Error, step: Story.latest?.steps })

/**
 * An expectation that is not met ends no schedule here: the steps after it show what comes of it. A scenario is caught by
 * the property that breaks in the end, if one does, else by the first expectation.
 */
const { assert } = Assertion.prototype
Assertion.prototype.assert = function (...args) {
  try {
    assert.apply(this, args)
  } catch (error) {
    unmet.push(failed(error))
  }
}

const scenarios = await collectScenarios()

async function failureOf(run: Scenario['run']): Promise<Failure | undefined> {
  unmet = []
  try {
    await run()
  } catch (thrown) {
    const end = failed(thrown)
    if (isBrokenCode(end.error)) throw end.error
    if (end.error instanceof Violation) return end
    unmet.push(end)
  }
  return unmet[0]
}

async function outcomeOf(title: string): Promise<Outcome> {
  const named = scenarios.filter(scenario => scenario.title.startsWith(title))
  if (named.length === 0) throw new Error(`no scenario begins with '${title}'`)
  for (const { run } of named) {
    const failure = await failureOf(run)
    if (failure !== undefined)
      return {
        caught: true,
        how: howOf(failure.error),
        needed: failure.step === undefined ? 'on simulated time' : `step ${failure.step}`,
      }
  }
  return { caught: false, tried: named.length }
}

for (const title of process.argv.slice(2)) console.log(JSON.stringify(await outcomeOf(title)))
