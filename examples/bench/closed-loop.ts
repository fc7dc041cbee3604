import type { Loop } from './loop.ts'
import type { Operation } from './operations.ts'
import type { Recorder } from './recorder.ts'
import type { Target } from './target.ts'

/** A client whose operation failed waits before the next, so that a cluster that is down is not flooded. */
const pauseAfterFailureMs = 20

/**
 * Clients that each begin an operation when their last one is answered. A slow answer holds its client back, so latencies
 * are of the load that the cluster let through: no schedule says what else would have come.
 */
export function closedLoop(
  clients: number,
  target: Target,
  next: (client: number) => Operation,
  recorder: Recorder,
): Loop {
  let isStopped = false
  let running = 0
  let ended: (() => void) | undefined

  function run(client: number): void {
    let sentMs = 0
    const begin = (): void => {
      if (isStopped) {
        running -= 1
        if (running === 0) ended?.()
        return
      }
      sentMs = performance.now()
      target.send(client, next(client), settled)
    }
    const settled = (failure: string | undefined): void => {
      if (failure !== undefined) {
        recorder.failed(failure)
        setTimeout(begin, pauseAfterFailureMs)
        return
      }
      if (recorder.isOpen) {
        recorder.answered += 1
        recorder.latencies.record(performance.now() - sentMs)
      }
      begin()
    }
    begin()
  }

  return {
    start() {
      running = clients
      for (let client = 0; client < clients; client++) run(client)
    },
    stop: () =>
      new Promise(resolve => {
        isStopped = true
        ended = resolve
        if (running === 0) resolve()
      }),
  }
}
