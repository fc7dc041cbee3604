import { expect } from 'chai'
import { LoopWatch } from '../../../actors/node/loop-watch.ts'
import type { LoopDelay } from '../../../actors/shared/stalls.ts'
import { eventually } from '../../support/eventually.ts'

const stallMs = 100

describe('the watch over the event loop', () => {
  let delays: LoopDelay[]
  let watch: LoopWatch
  beforeEach(() => {
    delays = []
    watch = new LoopWatch({ stallMs, now: () => performance.now(), stalled: delay => delays.push(delay) })
  })
  afterEach(() => watch.stop())

  const longest = (): LoopDelay | undefined => [...delays].sort((a, b) => b.ms - a.ms)[0]

  /** Does something until a delay of most of its length is told: the first time may come before the first look. */
  async function delayOf(blockMs: number, block: () => void): Promise<LoopDelay> {
    await eventually('a delay is told', () => {
      block()
      return (longest()?.ms ?? 0) >= blockMs - stallMs / 2
    })
    return longest()!
  }

  it('tells how long the loop was held by work, and that it had a processor', async () => {
    const { ms, fromMs, processorMs, collectedMs } = await delayOf(400, () => {
      const untilMs = performance.now() + 400
      while (performance.now() < untilMs);
    })
    expect(fromMs + ms).to.be.at.most(performance.now())
    expect(processorMs).to.be.above(0)
    expect(collectedMs).to.be.below(ms)
  })

  it('tells that the process had no processor', async () => {
    const nobody = new Int32Array(new SharedArrayBuffer(4))
    const { ms, processorMs } = await delayOf(400, () => {
      Atomics.wait(nobody, 0, 0, 400)
    })
    expect(processorMs!).to.be.below(ms / 2)
  })

  it('tells garbage that was collected meanwhile', async () => {
    // Many live objects: a collection of the old generation takes its time.
    const kept: object[] = []
    await eventually('a collection is told', () => {
      const untilMs = performance.now() + 2 * stallMs
      while (performance.now() < untilMs) for (let at = 0; at < 1_000; at++) kept.push({ at, more: [at] })
      if (kept.length > 3_000_000) kept.length = 0
      return delays.some(({ collectedMs }) => collectedMs > 0)
    })
  })

  it('tells nothing while the loop comes round', async () => {
    // On a loaded machine it may not: what is told then is that.
    await eventually('a quiet while', async () => {
      const before = delays.length
      const fromMs = performance.now()
      let lastMs = fromMs
      let latest = 0
      while (lastMs < fromMs + 3 * stallMs) {
        await new Promise(resolve => setTimeout(resolve, 1))
        latest = Math.max(latest, performance.now() - lastMs)
        lastMs = performance.now()
      }
      if (latest >= stallMs / 2) return false
      expect(delays.length).to.equal(before)
      return true
    })
  })
})
