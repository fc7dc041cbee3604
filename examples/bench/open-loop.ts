import type { Loop } from './loop.ts'
import type { Operation } from './operations.ts'
import type { Recorder } from './recorder.ts'
import type { Target } from './target.ts'

/** Milliseconds between looks at what is due: a timer's finest. */
const tickMs = 1

/**
 * Operations that begin when they are due, whatever becomes of those before. Latency counts from the moment at which an
 * operation was due, not from when it could be sent: that is the correction for coordinated omission.
 * @param gap milliseconds to the next arrival
 */
export function openLoop(
  gap: () => number,
  inFlightMax: number,
  target: Target,
  next: (client: number) => Operation,
  recorder: Recorder,
): Loop {
  let isStopped = false
  let inFlight = 0
  let dueMs = 0
  let drawn = 0
  let timer: NodeJS.Timeout | undefined
  let ended: (() => void) | undefined

  function begin(intendedMs: number): void {
    const sentMs = performance.now()
    // Of those due in the window all count, those too whose answers come after it.
    const counts = recorder.isOpen
    const client = drawn++ % inFlightMax
    inFlight += 1
    target.send(client, next(client), failure => {
      inFlight -= 1
      if (failure !== undefined) recorder.failed(failure)
      else {
        const nowMs = performance.now()
        if (recorder.isOpen) recorder.answered += 1
        if (counts) {
          recorder.latencies.record(nowMs - intendedMs)
          recorder.served.record(nowMs - sentMs)
        }
      }
      if (!isStopped) sendDue()
      else if (inFlight === 0) ended?.()
    })
  }

  function sendDue(): void {
    const nowMs = performance.now()
    while (dueMs <= nowMs && inFlight < inFlightMax) {
      begin(dueMs)
      dueMs += gap()
    }
  }

  return {
    start() {
      dueMs = performance.now() + gap()
      timer = setInterval(sendDue, tickMs)
    },
    stop: () =>
      new Promise(resolve => {
        clearInterval(timer)
        isStopped = true
        ended = resolve
        if (inFlight === 0) resolve()
      }),
  }
}
