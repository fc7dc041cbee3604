import { expect } from 'chai'
import { newState } from '../../../examples/debugger/model/new-state.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import { serveWorld } from '../../../examples/debugger/serve-world.ts'
import type { WorldLink } from '../../../examples/debugger/server/protocol.ts'
import type { DebugServer } from '../../../examples/debugger/server/server.ts'
import { hashOf } from './support/hash-of.ts'
import { Page } from './support/page.ts'
import { recorded } from './support/recorded.ts'

describe('debugger: a seeded world that is steered', () => {
  const open: { close(): unknown }[] = []
  const serve = async (link: WorldLink): Promise<{ server: DebugServer; page: Page }> => {
    const server = await serveWorld(link, undefined, { port: 0 })
    const page = await Page.open(server.url)
    open.push(page, server)
    await page.until(() => page.world !== undefined)
    return { server, page }
  }
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })

  it('run to its end it tells what a recording of it tells', async () => {
    const { page } = await serve({ which: { seed: 4 }, interventions: [] })
    page.say({ type: 'run', speed: 0 })
    await page.until(() => page.world!.isOver && page.timeline?.state.ended !== undefined)
    const { header, events } = recorded(4)
    expect(hashOf(page.timeline!.state)).to.equal(hashOf(events.reduce(reduce, newState(header))))
  })

  it('steps, stops at what is interesting, and says no to what it cannot do', async () => {
    const { page } = await serve({ which: { seed: 4 }, interventions: [] })
    page.say({ type: 'step', steps: 40 })
    await page.until(() => page.world!.steps === 40 && !page.world!.isRunning)
    page.say({ type: 'next' })
    await page.until(() => !page.world!.isRunning && page.world!.steps > 40)
    const { steps } = page.world!
    page.say({ type: 'until', ms: 500 })
    await page.until(() => page.world!.nowMs >= 500 && !page.world!.isRunning)
    expect(page.world!.steps).to.be.above(steps)
    expect(page.timeline!.state.ms).to.be.within(400, 600)
    page.say({ type: 'intervene', cursor: 1_000_000, deed: { do: 'crash', member: 1, downMs: 10 } })
    await page.until(() => page.refused.length > 0)
    expect(page.refused).to.deep.equal(['there is no such event'])
  })

  it('goes another way where something is done to it, and the link leads to the same place', async () => {
    const { page } = await serve({ which: { seed: 8 }, interventions: [] })
    page.say({ type: 'until', ms: 400 })
    await page.until(() => page.world!.nowMs >= 400 && !page.world!.isRunning && page.timeline!.state.ms > 390)
    const timeline = page.timeline!
    const before = [...timeline.events()].find(
      ([, event]) => event.kind === 'sent' && event.message.type === 'preAccept' && event.no !== undefined,
    )!
    const no = before[1].kind === 'sent' ? before[1].no! : 0
    page.say({ type: 'intervene', cursor: before[0], deed: { do: 'drop', no } })
    await page.until(() => page.world!.link.interventions.length === 1)
    expect(timeline.last, 'what came after it is gone').to.be.below(before[0] + 100)
    page.say({ type: 'until', ms: 400 })
    await page.until(() => page.world!.nowMs >= 400 && !page.world!.isRunning && page.timeline!.state.ms > 390)
    const lost = [...timeline.events()].filter(([, event]) => event.kind === 'lost' && event.no === no)
    expect(lost, 'it is lost, by hand').to.have.length(1)
    page.say({ type: 'intervene', cursor: timeline.last, deed: { do: 'crash', member: 2, downMs: 50 } })
    await page.until(() => page.world!.link.interventions.length === 2)
    page.say({ type: 'until', ms: 800 })
    await page.until(() => page.world!.nowMs >= 800 && !page.world!.isRunning && page.timeline!.state.ms > 790)
    expect(timeline.state.faults.some(({ what, intervention }) => what === 'crash' && intervention === 1)).to.equal(
      true,
    )

    const { page: other } = await serve(page.world!.link)
    other.say({ type: 'until', ms: 800 })
    await other.until(
      () => other.world!.nowMs >= 800 && !other.world!.isRunning && other.timeline!.last === timeline.last,
    )
    expect(hashOf(other.timeline!.state)).to.equal(hashOf(timeline.state))
  })

  for (const [how, isPatient] of [
    ['one after the other, where the page stands then', true],
    ['before the page has heard of the first', false],
  ] as const) {
    it(`two deeds at the same moment: both happen, ${how} (input 36)`, async () => {
      const { page } = await serve({ which: { seed: 8 }, interventions: [] })
      page.say({ type: 'until', ms: 400 })
      await page.until(() => page.world!.nowMs >= 400 && !page.world!.isRunning && page.timeline!.state.ms > 390)
      const timeline = page.timeline!
      const cursor = timeline.last
      const crashed = (): readonly number[] =>
        [...timeline.events()].flatMap(([, event]) =>
          event.kind === 'fault' && event.what === 'crash' && event.intervention !== undefined ? [event.ms] : [],
        )
      page.say({ type: 'intervene', cursor, deed: { do: 'crash', member: 1, downMs: 100 } })
      if (isPatient) await page.until(() => crashed().length === 1)
      const second = isPatient ? timeline.last : cursor
      expect(second > cursor).to.equal(isPatient)
      page.say({ type: 'intervene', cursor: second, deed: { do: 'crash', member: 2, downMs: 100 } })
      await page.until(() => crashed().length === 2 || page.refused.length > 0)
      expect(page.refused).to.deep.equal([])
      expect(page.world!.link.interventions.map(({ step }) => step)).to.satisfy(
        ([first, other]: readonly number[]) => first === other,
      )
      expect(new Set(crashed()).size).to.equal(1)
      const { page: again } = await serve(page.world!.link)
      for (const each of [page, again]) {
        each.say({ type: 'until', ms: 600 })
        await each.until(() => each.world!.nowMs >= 600 && !each.world!.isRunning && each.timeline!.state.ms > 590)
      }
      await again.until(() => again.timeline!.last === timeline.last)
      expect(hashOf(again.timeline!.state)).to.equal(hashOf(timeline.state))
    })
  }
})
