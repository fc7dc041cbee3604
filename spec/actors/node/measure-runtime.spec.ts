import { expect } from 'chai'
import { measureRuntime, type RuntimeMeasure } from '../../../actors/node/measure-runtime.ts'
import { eventually } from '../../support/eventually.ts'

describe('what a process says of itself', () => {
  let runtime: RuntimeMeasure
  beforeEach(() => {
    runtime = measureRuntime()
  })
  afterEach(() => runtime.stop())

  it('the longest delay of its event loop', async () => {
    await eventually('a delay is seen', () => {
      // Again and again: the first may be over before the monitor looks for the first time.
      const fromMs = performance.now()
      while (performance.now() - fromMs < 300);
      return runtime.status().eventLoopDelay.maxMs >= 250
    })
    const { p99Ms, maxMs } = runtime.status().eventLoopDelay
    expect(p99Ms).to.be.within(0, maxMs)
  })

  it('its pauses for garbage: how many, in all, the longest', async () => {
    let kept: object[] = []
    await eventually('garbage is collected', () => {
      kept = Array.from({ length: 100_000 }, (_, at) => ({ at }))
      return kept.length > 0 && runtime.status().garbageCollection.count >= 2
    })
    const { windowMs, garbageCollection } = runtime.status()
    expect(windowMs).to.be.above(0)
    expect(garbageCollection.longestMs).to.be.above(0)
    expect(garbageCollection.totalMs).to.be.at.least(garbageCollection.longestMs)
  })
})
