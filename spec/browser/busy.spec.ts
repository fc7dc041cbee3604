import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { serveTrace } from '../../examples/debugger/serve-trace.ts'
import { DebuggerPage, hasChromium, launch } from './support/browser.ts'
import { busyTrace } from './support/busy-trace.ts'

const perSecond = 10_000
const seconds = 45
const views = ['chart', 'dependencies', 'spacetime', 'cluster', 'instance'] as const

/** What four seconds of one view were like. Frames wait for others on a shared machine, too: tasks are the page's own. */
interface Frames {
  readonly view: string
  readonly frames: number
  readonly p99Ms: number
  readonly longestMs: number
  readonly longestTaskMs: number
  readonly eventsPerSecond: number
  readonly heapMb: number
}

describe('browser: 10,000 events a second', function () {
  this.timeout(600_000)
  let browser: Browser
  before(async function () {
    if (!hasChromium) this.skip()
    browser = await launch()
  })
  after(() => browser?.close())

  it('are shown in every view without a long frame, memory stays bounded, and what is left out is said', async () => {
    const { header, events } = busyTrace(perSecond, seconds)
    const server = await serveTrace(header, events, { port: 0 })
    const page = await DebuggerPage.open(browser, server.url, '#cursor=0')
    try {
      await page.until('epaxos.timeline?.last > 100000 && epaxos.timeline.cursor === 0')
      await page.press(' ')
      const told: Frames[] = []
      for (const view of views) {
        await page.view(view)
        told.push({ view, ...(await undisturbed(() => page.evaluate<Omit<Frames, 'view'>>(measured))) })
      }
      console.table(told)
      for (const { view, p99Ms, longestTaskMs, eventsPerSecond } of told) {
        expect(p99Ms, `frames of ${view}`).to.be.lessThan(100)
        expect(longestTaskMs, `the longest task of ${view}`).to.be.lessThan(100)
        expect(eventsPerSecond, view).to.be.greaterThan(0.7 * perSecond)
      }
      // To the end: more events than are held.
      await page.press('End')
      const streaming = await undisturbed(() => page.evaluate<Omit<Frames, 'view'>>(measured))
      console.table([{ view: 'instance, streaming to the end', ...streaming }])
      expect(streaming.longestTaskMs, 'the longest task while a recording streams in').to.be.lessThan(100)
      await page.until(`epaxos.timeline.last > ${perSecond * seconds} && epaxos.timeline.isAtEnd`, 200_000)
      expect(await page.text('[data-test=missing]')).to.match(/[\d,]+ events not shown/)
      const end = await page.evaluate<{ heapMb: number; held: number }>(
        '(gc(), { heapMb: performance.memory.usedJSHeapSize / 2 ** 20, held: epaxos.timeline.last - epaxos.timeline.first })',
      )
      console.log(end)
      expect(end.held).to.be.at.most(200_000)
      expect(end.heapMb, 'as much as when the window was full for the first time').to.be.lessThan(
        1.3 * streaming.heapMb,
      )
      expect(page.complaints).to.deep.equal([])
    } finally {
      await page.close()
      await server.close()
    }
  })
})

/** Whoever stops the processes of a machine for a while makes frames long that are not: that is measured again. */
async function undisturbed<T extends { readonly longestMs: number }>(measure: () => Promise<T>): Promise<T> {
  for (let left = 5; ; left--) {
    const found = await measure()
    if (found.longestMs < 1_000 || left === 0) return found
  }
}

/** Four seconds of frames. */
const measured = `new Promise(done => {
  const { timeline } = epaxos
  const from = { ms: performance.now(), cursor: timeline.cursor }
  const deltas = []
  let last = from.ms
  let longestTaskMs = 0
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
  })
  observer.observe({ type: 'longtask' })
  requestAnimationFrame(function each() {
    const now = performance.now()
    deltas.push(now - last)
    last = now
    if (now - from.ms < 4000) requestAnimationFrame(each)
    else {
      observer.disconnect()
      gc()
      done({
        frames: deltas.length,
        longestMs: Math.round(Math.max(...deltas)),
        longestTaskMs: Math.round(longestTaskMs),
        p99Ms: Math.round(deltas.sort((a, b) => a - b)[Math.floor(deltas.length * 0.99)]),
        eventsPerSecond: Math.round((timeline.cursor - from.cursor) / (now - from.ms) * 1000),
        heapMb: Math.round(performance.memory.usedJSHeapSize / 2 ** 20),
      })
    }
  })
})`
