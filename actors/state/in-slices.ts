import type { Timers } from '../shared/timers.ts'
import type { Work, Works } from '../shared/works.ts'

interface SlicesPorts {
  readonly timers: Pick<Timers, 'set'>
  readonly works: Pick<Works, 'during'>
}

const pauseMs = 1

/** Runs a long piece of work up to its end, with a pause wherever it yields: each slice is some milliseconds at most. */
export function inSlices({ timers, works }: SlicesPorts, work: Work, run: Iterator<void>, done: () => void): void {
  const slice = (): void => {
    if (works.during(work, () => run.next()).done === true) done()
    else timers.set(pauseMs, slice)
  }
  slice()
}
