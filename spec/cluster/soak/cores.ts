import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * Replicas of a real cluster do not share processors: what one does when it starts costs the others nothing but what they do
 * for it. Here the one that comes back has the last core for itself, and everybody else has the others.
 * @returns what it did, in words
 */
export function shareCores(everybodyElse: readonly number[], itself: number | undefined): string {
  const cores = availableCores()
  if (cores < 2) return 'one core for all: the cost of a catch-up has the processor time of the replica itself in it'
  try {
    for (const pid of everybodyElse) pin(pid, cores === 2 ? '0' : `0-${cores - 2}`)
    if (itself !== undefined) pin(itself, `${cores - 1}`)
    return `the replica that comes back has core ${cores - 1}, everybody else the others`
  } catch (error) {
    return `no core of its own for the replica that comes back (${(error as Error).message.split('\n')[0]}): the cost has its processor time in it`
  }
}

/** Counted once: a process that is pinned sees fewer. */
let cores: number | undefined
const availableCores = (): number => {
  cores ??= availableParallelism()
  return cores
}

/** All threads of a process. */
function pin(pid: number, on: string): void {
  execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', on, String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
