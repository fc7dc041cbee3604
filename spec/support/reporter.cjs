'use strict'
const { Runner, reporters } = require('mocha')

/** Mocha's own spec reporter, with one plain closing line that any reader of the log can count on. */
module.exports = class CountingSpec extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`)
    })
  }
}
