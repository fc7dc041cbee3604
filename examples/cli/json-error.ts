import { EpaxosError } from '../../index.ts'
import { jsonLine } from './output.ts'

/** With `--json` there is JSON on standard output whatever happens: for an error, what it is. The error goes on. */
export async function orJsonError<T>(json: boolean, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (json && error instanceof EpaxosError) {
      const { code, message } = error
      process.stdout.write(jsonLine({ ok: false, error: { code, message } }))
    }
    throw error
  }
}
