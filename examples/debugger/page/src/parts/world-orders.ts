import { signal } from '@preact/signals'
import type { Deed } from '../../../server/protocol.ts'
import { say, world } from '../state/connection.ts'
import { follow } from '../state/player.ts'
import { shown } from '../state/shown.ts'

/** Orders to a seeded world. */

/** Simulated ms a real one; 0: as fast as it goes. */
export const worldSpeed = signal(0.1)
/** How long a crash, a cut or a delay lasts, simulated ms. */
export const forMs = signal(500)

export function runOrPause(): void {
  follow()
  if (world.value?.isRunning === true) say({ type: 'pause' })
  else say({ type: 'run', speed: worldSpeed.value })
}
export function stepWorld(): void {
  follow()
  say({ type: 'step', steps: 1 })
}
export function toNextInteresting(): void {
  follow()
  say({ type: 'next' })
}
export function runFor(ms: number): void {
  follow()
  say({ type: 'until', ms: (world.value?.nowMs ?? 0) + ms })
}
/** Done where the cursor stands: another future begins there. */
export function doDeed(deed: Deed): void {
  say({ type: 'intervene', cursor: shown.value?.cursor ?? 0, deed })
}

const ifWorld = (run: () => void) => () => {
  if (world.value !== undefined) run()
}
export const worldKeys = [
  { keys: ['r'], words: 'run, pause the world', run: ifWorld(runOrPause) },
  { keys: ['s'], words: 'one step of the world', run: ifWorld(stepWorld) },
  { keys: ['i'], words: 'run to the next interesting event', run: ifWorld(toNextInteresting) },
  { keys: ['x'], words: 'run 100 ms', run: ifWorld(() => runFor(100)) },
] as const
