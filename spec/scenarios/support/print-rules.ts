import { collectScenarios } from '../../mutants/trials/collect.ts'
import { scenarioRules } from './rules-taken.ts'

// Runs all scenarios, and prints how often each rule was taken, as JSON. A scenario that fails ends it.
for (const { run } of await collectScenarios()) await run()
process.stdout.write(JSON.stringify(Object.fromEntries(scenarioRules)))
