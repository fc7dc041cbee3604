import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import type { RuntimeStatus } from '../replica/status.ts'

/** What is told reaches back at least this far, and at most twice as far. */
const sliceMs = 30_000
/** Between two looks at the event loop: what delays it for less is seen less often. */
const resolutionMs = 20
const nsPerMs = 1e6

export interface RuntimeMeasure {
  status(): RuntimeStatus
  stop(): void
}

/** Pauses of one slice of time. */
class Pauses {
  readonly fromMs = performance.now()
  count = 0
  totalMs = 0
  longestMs = 0

  add(ms: number): void {
    this.count++
    this.totalMs += ms
    this.longestMs = Math.max(this.longestMs, ms)
  }
}

function delayMonitor(): IntervalHistogram {
  const monitor = monitorEventLoopDelay({ resolution: resolutionMs })
  monitor.enable()
  return monitor
}

/** Measures, from now on, how this process fares: the delay of its event loop, and its pauses for garbage. */
export function measureRuntime(): RuntimeMeasure {
  // A monitor cannot forget what is old: of two that begin anew in turns, the older one is read.
  let delays: readonly [older: IntervalHistogram, newer: IntervalHistogram] = [delayMonitor(), delayMonitor()]
  let pauses: readonly [older: Pauses | undefined, newer: Pauses] = [undefined, new Pauses()]
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) pauses[1].add(duration)
  })
  observer.observe({ entryTypes: ['gc'] })
  const timer = setInterval(() => {
    const [older, newer] = delays
    older.reset()
    delays = [newer, older]
    pauses = [pauses[1], new Pauses()]
  }, sliceMs).unref()
  return {
    status() {
      const [delay] = delays
      const [older, newer] = pauses
      const first = older ?? newer
      return {
        windowMs: Math.round(performance.now() - first.fromMs),
        // What a monitor tells is the time from one look to the next.
        eventLoopDelay: { p99Ms: lateMs(delay.percentile(99)), maxMs: lateMs(delay.max) },
        garbageCollection: {
          count: (older?.count ?? 0) + newer.count,
          totalMs: rounded((older?.totalMs ?? 0) + newer.totalMs),
          longestMs: rounded(Math.max(older?.longestMs ?? 0, newer.longestMs)),
        },
      }
    },
    stop() {
      clearInterval(timer)
      observer.disconnect()
      for (const monitor of delays) monitor.disable()
    },
  }
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100
const lateMs = (ns: number): number => Math.max(0, rounded(ns / nsPerMs - resolutionMs))
