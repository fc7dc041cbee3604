import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until it is so; the limit is for a loaded machine. @throws Error that says what did not come about, when that takes too long */
export async function eventually(
  what: string,
  isMet: () => boolean | Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  for (const until = performance.now() + withinMs; !(await isMet()); await sleep(5))
    if (performance.now() > until) throw new Error(`${what}: not within ${withinMs} ms`)
}
