import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import type { RuntimeStatus } from '../replica/status.ts'

/** Length of one slice. The window is one to two slices long. */
const sliceMs = 30_000
/** Time between two samples of the event loop. Shorter delays are seen less often. */
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

/** Measures this process from now on: the delay of its event loop, and its pauses for garbage collection. */
export function measureRuntime(): RuntimeMeasure {
  // A monitor cannot forget old samples. Two monitors restart in turns, and the older one is read.
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
        // A monitor reports the time from one sample to the next.
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
