import Mocha from 'mocha'
import type { Outcome } from './told.ts'
import type { FileResult } from './worker.ts'

const marks = { passed: '.', failed: '!', skipped: ',' } as const
const columns = 100

type Failed = Extract<Outcome, { readonly type: 'failed' }>

/** What `npm test` prints: a mark a spec, each failure in full, and a closing line that any reader of the log can count on. */
export class Report {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 }
  readonly #failures: Failed[] = []
  readonly #outputs: string[] = []
  #column = 0

  take(outcome: Outcome): void {
    this.#counts[outcome.type]++
    if (outcome.type === 'failed') this.#failures.push(outcome)
    process.stdout.write(marks[outcome.type])
    if (++this.#column % columns === 0) process.stdout.write('\n')
  }

  /** What a file printed is shown if one of its specs failed. */
  fileDone({ file, outcomes, output }: FileResult): void {
    if (output !== '' && outcomes.some(({ type }) => type === 'failed'))
      this.#outputs.push(`  Printed by ${file}:\n\n${output.trimEnd().replace(/^/gm, '    ')}\n`)
  }

  /** @returns whether all is well: something ran, and nothing failed */
  close(): boolean {
    const { passed, failed, skipped } = this.#counts
    if (this.#column % columns !== 0) process.stdout.write('\n')
    if (failed > 0) {
      for (const each of this.#outputs) process.stdout.write(`\n${each}`)
      Mocha.reporters.Base.list(this.#failures.map(asTest))
    }
    process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
    return failed === 0 && passed > 0
  }
}

/** As much of a test as mocha's list of failures looks at. */
const asTest = ({ title, error }: Failed): Mocha.Test =>
  ({ err: error, titlePath: () => title }) as unknown as Mocha.Test
