import { type HeapProfiler, Session } from 'node:inspector'

const warmUpMs = 400
const timedMs = 1_000
const sampledMs = 400
const runsMin = 3
/** Mean distance of two samples: small enough to see operations that allocate little, over many of them. */
const samplingBytes = 4_096

type Run = () => unknown

/** Runs again and again for so long, at least so often. Returns the time of each run. */
async function repeat(run: Run, forMs: number, atLeast: number): Promise<number[]> {
  const times: number[] = []
  const untilMs = performance.now() + forMs
  for (let fromMs = performance.now(); fromMs < untilMs || times.length < atLeast; ) {
    const running = run()
    if (running instanceof Promise) await running
    const nowMs = performance.now()
    times.push(nowMs - fromMs)
    fromMs = nowMs
  }
  return times
}

const sizeOf = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + sizeOf(child), selfSize)

/** Bytes that each run allocates on the heap, what was collected meanwhile included; by sampling. Memory outside of the heap is not seen. */
async function allocated(run: Run): Promise<number> {
  const session = new Session()
  session.connect()
  const post = (method: string, params?: object) =>
    new Promise<{ profile: HeapProfiler.SamplingHeapProfile }>((resolve, reject) => {
      session.post(method, params, (error: Error | null, result?: unknown) =>
        error === null ? resolve(result as { profile: HeapProfiler.SamplingHeapProfile }) : reject(error),
      )
    })
  await post('HeapProfiler.startSampling', {
    samplingInterval: samplingBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  const { length } = await repeat(run, sampledMs, 1)
  const { profile } = await post('HeapProfiler.stopSampling')
  session.disconnect()
  return sizeOf(profile.head) / length
}

/**
 * Measures `run`, which does so many operations, and prints a line: operations a second (of the fastest run: the others
 * were disturbed), microseconds and bytes allocated an operation.
 */
export async function measure(label: string, operations: number, run: Run): Promise<void> {
  await repeat(run, warmUpMs, 1)
  const fastestMs = Math.min(...(await repeat(run, timedMs, runsMin)))
  const bytes = (await allocated(run)) / operations
  const rate = Math.round((operations / fastestMs) * 1_000).toLocaleString('en')
  const us = ((fastestMs * 1_000) / operations).toFixed(2)
  console.log(
    `${label.padEnd(56)} ${rate.padStart(12)}/s ${us.padStart(9)} us ${Math.round(bytes).toLocaleString('en').padStart(10)} B`,
  )
}
