import { resolve } from 'node:path'
import Mocha from 'mocha'
import type { Asked, Told, ToldError } from './told.ts'

/** A worker of `npm test`: runs the spec files that its parent sends, one after the other, and tells how each spec ended. */

const { constants } = Mocha.Runner
const { timeout } = (await import('../../../.mocharc.json', { with: { type: 'json' } })).default

const tell = (told: Told): void => {
  process.send?.(told)
}

function toldError(error: unknown): ToldError {
  const { message, stack, actual, expected, showDiff, uncaught } = (error ?? {}) as Partial<
    Record<keyof ToldError | 'uncaught', unknown>
  >
  const isText = typeof actual === 'string' && typeof expected === 'string'
  const words = String(message ?? error)
  return {
    message: uncaught === true ? `Uncaught ${words}` : words,
    stack: String(stack ?? words),
    showDiff: isText && showDiff !== false,
    ...(isText ? { actual, expected } : {}),
  }
}

/** Mocha's base makes texts of what differs, before this hears of it. */
class Teller extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    runner.on(constants.EVENT_TEST_PASS, test => tell({ type: 'passed', title: test.titlePath() }))
    runner.on(constants.EVENT_TEST_PENDING, test => tell({ type: 'skipped', title: test.titlePath() }))
    runner.on(constants.EVENT_TEST_FAIL, (test, error) =>
      tell({ type: 'failed', title: test.titlePath(), error: toldError(error) }),
    )
  }
}

async function run({ file, grep }: Asked): Promise<void> {
  const mocha = new Mocha({ reporter: Teller, timeout, forbidOnly: true, ...(grep === undefined ? {} : { grep }) })
  mocha.addFile(resolve(file))
  try {
    await mocha.loadFilesAsync()
    await new Promise(ended => mocha.run(ended))
  } catch (error) {
    tell({ type: 'failed', title: [file, 'is loaded'], error: toldError(error) })
  }
  tell({ type: 'done' })
}

// What nobody caught fails the spec that runs.
process.on('unhandledRejection', reason => {
  throw reason
})
process.on('message', (asked: Asked) => void run(asked))
process.on('disconnect', () => process.exit())
