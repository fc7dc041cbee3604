import type { Timers } from '../shared/timers.ts'
import type { Work, Works } from '../shared/works.ts'
import { TableError } from '../tables/table-error.ts'

interface SlicesPorts {
  readonly timers: Pick<Timers, 'set'>
  readonly works: Pick<Works, 'during'>
}

const pauseMs = 1

/**
 * Runs a long piece of work up to its end, with a pause wherever it yields: each slice is some milliseconds at most.
 * @param malformed called instead of `done` with the error of bytes that cannot be read; left out: it is thrown
 */
export function inSlices(
  { timers, works }: SlicesPorts,
  work: Work,
  run: Iterator<void>,
  done: () => void,
  malformed?: (error: TableError) => void,
): void {
  const slice = (): void => {
    let isDone: boolean
    try {
      isDone = works.during(work, () => run.next()).done === true
    } catch (error) {
      if (malformed === undefined || !(error instanceof TableError)) throw error
      malformed(error)
      return
    }
    if (isDone) done()
    else timers.set(pauseMs, slice)
  }
  slice()
}
