import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { serveTrace } from '../../examples/debugger/serve-trace.ts'
import { serveWorld } from '../../examples/debugger/serve-world.ts'
import type { DebugServer } from '../../examples/debugger/server/server.ts'
import type { TraceEvent, TraceHeader } from '../../examples/debugger/trace/format.ts'
import { recordWorld } from '../../examples/debugger/world/record-world.ts'
import { DebuggerPage, hasChromium, launch } from './support/browser.ts'

const which = { seed: 5 }
const views = ['chart', 'dependencies', 'spacetime', 'cluster', 'instance', 'world'] as const

function recorded(): { readonly header: TraceHeader; readonly events: readonly TraceEvent[] } {
  let header: TraceHeader | undefined
  const events: TraceEvent[] = []
  recordWorld(which, undefined, each => {
    header = each
    return event => events.push(event)
  })
  return { header: header!, events }
}

describe('browser: the debugger on a recording and on a seeded world', function () {
  this.timeout(240_000)
  let browser: Browser
  const closing: (() => unknown)[] = []
  before(async function () {
    if (!hasChromium) this.skip()
    browser = await launch()
  })
  after(() => browser?.close())
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function open(server: DebugServer, hash = ''): Promise<DebuggerPage> {
    closing.push(() => server.close())
    const page = await DebuggerPage.open(browser, server.url, hash)
    closing.push(() => page.close())
    return page
  }

  it('the same seed shows the same pictures, run in the page or read from a trace', async () => {
    const { header, events } = recorded()
    const recording = await open(await serveTrace(header, events, { port: 0 }))
    const world = await open(await serveWorld({ which, interventions: [] }, undefined, { port: 0 }))
    await recording.until(`epaxos.timeline?.last === ${events.length}`)
    await world.page.selectOption('.orders select', '0')
    await world.page.click('[data-test=run]')
    await world.until(`epaxos.timeline?.last === ${events.length}`)
    expect(await world.state()).to.equal(await recording.state())
    for (const cursor of [Math.floor(events.length / 3), Math.floor(events.length / 2)]) {
      const pictures: string[][] = []
      for (const page of [recording, world]) {
        await page.evaluate(`epaxos.goTo(${cursor})`)
        const seen: string[] = [await page.state()]
        for (const view of views.slice(0, 3)) {
          await page.view(view)
          seen.push(
            await page.evaluate<string>(
              'new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(() => seen(epaxos.picture()))))',
            ),
          )
        }
        pictures.push(seen)
      }
      expect(pictures[0]![1]).to.match(/^<svg /)
      expect(pictures[1]).to.deep.equal(pictures[0])
    }
    expect([...recording.complaints, ...world.complaints]).to.deep.equal([])
  })

  it('what is done to a world by hand leads elsewhere, and its link to the same place', async () => {
    const world = await open(await serveWorld({ which, interventions: [] }, undefined, { port: 0 }))
    await world.until('epaxos.world')
    await world.press('i')
    await world.until('epaxos.timeline?.last > 10')
    await world.page.click('[data-replica="1"]')
    await world.until('epaxos.timeline.state.faults.some(({ intervention }) => intervention !== undefined)')
    const link = await world.evaluate<string>('JSON.stringify(epaxos.world.link)')
    const state = await world.state()
    const again = await open(
      await serveWorld({ which, interventions: [] }, undefined, { port: 0 }),
      `#world=${encodeURIComponent(link)}`,
    )
    const cursor = await world.evaluate<number>('epaxos.timeline.last')
    await again.until(`epaxos.timeline?.last >= ${cursor}`)
    await again.evaluate(`epaxos.goTo(${cursor})`)
    expect(await again.state()).to.equal(state)
    expect([...world.complaints, ...again.complaints]).to.deep.equal([])
  })

  it('every view works with the keyboard alone, in the dark, too, and says what its keys are', async () => {
    const { header, events } = recorded()
    const page = await open(await serveTrace(header, events, { port: 0 }))
    await page.until(`epaxos.timeline?.last === ${events.length}`)
    for (const [at, view] of views.entries()) {
      await page.press(String(at + 1))
      await page.until(`document.querySelector('[data-view=${view}]').className.includes('on')`)
      await page.press('ArrowLeft')
    }
    expect(await page.evaluate('epaxos.timeline.cursor')).to.equal(events.length - views.length)
    await page.press('t')
    await page.until('document.documentElement.dataset.theme === "dark"')
    await page.press('?')
    expect(await page.text('[role=dialog]')).to.include('one event back, forward')
    await page.press('Escape')
    await page.press('/')
    await page.page.keyboard.type('C.33')
    await page.press('Enter')
    await page.until('epaxos.picked === "3.33"')
    await page.press('p')
    const cursor = await page.evaluate<number>('epaxos.timeline.cursor')
    expect(await page.evaluate('epaxos.timeline.eventsOf("3.33")')).to.include(cursor)
    expect(page.complaints).to.deep.equal([])
  })

  it('a link to a violation opens there, and says in a sentence what is wrong', async () => {
    const { header, events } = recorded()
    const half = Math.floor(events.length / 2)
    const { ms } = events[half]!
    const what = 'A.1 was executed before A.2 at B, and after it at C.'
    const violation: TraceEvent = { kind: 'violation', ms, property: 'consistency', what, about: ['1.1'] }
    const told = [...events.slice(0, half), violation, ...events.slice(half)]
    const page = await open(await serveTrace(header, told, { port: 0 }), '#violation')
    await page.until(`epaxos.timeline?.cursor === ${half + 1} && epaxos.timeline.last === ${told.length}`)
    expect(await page.text('[role=alert]')).to.match(/Violation of consistency:\s+A.1 was executed before A.2/)
    expect(await page.evaluate('epaxos.picked')).to.equal('1.1')
    await page.press('ArrowLeft')
    await page.until('!document.querySelector("[role=alert]")')
    expect(page.complaints).to.deep.equal([])
  })
})
