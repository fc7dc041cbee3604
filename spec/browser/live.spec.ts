import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { serveLive } from '../../examples/debugger/serve-live.ts'
import { put } from '../../examples/kv/commands.ts'
import { eventually, RealCluster } from '../cluster/real-cluster.ts'
import { DebuggerPage, hasChromium, launch } from './support/browser.ts'

describe('browser: the debugger on a real cluster', function () {
  this.timeout(240_000)
  let browser: Browser
  before(async function () {
    if (!hasChromium) this.skip()
    browser = await launch()
  })
  after(() => browser?.close())

  it('counts move, an instance opens, who is stopped is named, and the cursor goes back', async () => {
    const cluster = await RealCluster.create(3)
    const closing: (() => unknown)[] = [() => cluster.dispose()]
    try {
      await cluster.startAll('--bootstrap')
      const server = await serveLive({ endpoints: cluster.endpoints, port: 0 })
      closing.push(() => server.close())
      const page = await DebuggerPage.open(browser, server.url)
      closing.push(() => page.close())
      const client = cluster.connect(1)
      closing.push(() => client.close())
      await page.until('epaxos.timeline?.state.replicas.every(each => each.state === "voting")')
      expect(await page.text('.what .badge:first-child')).to.equal('LIVE')

      await page.view('chart')
      const executed = (count: number) =>
        eventually(`${count} executed, on the page`, async () => {
          const standing = await page.standing('executed')
          return standing >= count ? standing : undefined
        })
      for (let count = 0; count < 10; count++) await client.execute(put('k', String(count)))
      const first = await executed(3)
      for (let count = 0; count < 10; count++) await client.execute(put('k', String(count)))
      expect(await executed(first + 3)).to.be.greaterThan(first)

      await page.until('document.querySelector(".side .instance")')
      await page.page.locator('.side .instance').first().click()
      const picked = await page.evaluate<string>('epaxos.picked')
      expect(picked).to.match(/^[123]\.\d+$/)
      await page.view('instance')
      await page.until('document.querySelectorAll("[data-test=story] tbody tr").length > 5')
      expect(await page.text('[data-test=story]')).to.include(picked)
      await page.press('Escape')

      process.kill(cluster.pidOf(3), 'SIGSTOP')
      closing.push(() => process.kill(cluster.pidOf(3), 'SIGCONT'))
      for (let count = 0; count < 5; count++) await client.execute(put('k', 'without 3'))
      await page.until('document.querySelector("[data-test=blocked]")?.innerText.includes("may have stopped")')
      const banner = await page.text('[data-test=blocked]')
      expect(banner).to.match(/^\s*\d\.\d+ has been blocked for/)
      expect(banner).to.match(/heard nothing of 3 for too long/)

      // With a second one nothing is decided any more.
      process.kill(cluster.pidOf(2), 'SIGSTOP')
      closing.push(() => process.kill(cluster.pidOf(2), 'SIGCONT'))
      const waiting = client.execute(put('other', 'blocked')).then(
        () => 'executed',
        () => 'given up',
      )
      const last =
        '[...epaxos.timeline.state.instances.values()].findLast(({ rank, decided }) => rank === 0 && !decided)'
      await page.until(`${last} !== undefined`)
      const blocked = await page.evaluate<string>(`${last}.id`)
      await page.page.fill('#pick', blocked)
      await page.page.press('#pick', 'Enter')
      await page.view('dependencies')
      await page.until(
        'document.querySelector("[data-test=why]")?.innerText.includes("2 are needed to decide anything")',
      )
      const why = await page.text('[data-test=why]')
      expect(why).to.include('Why is it not executing')
      expect(why).to.include(blocked)
      expect(why).to.match(/lacks .*preAcceptOk .*of 2/)

      await page.view('chart')
      await page.press('Home')
      await page.until('!document.querySelector("[data-test=blocked]")')
      expect(await page.standing('executed')).to.equal(0)
      expect(await page.text('[data-test=cursor]')).to.match(/event 0 of/)
      await page.press('End')
      await page.until('document.querySelector("[data-test=blocked]")')

      for (const id of [2, 3]) process.kill(cluster.pidOf(id), 'SIGCONT')
      await page.until('!document.querySelector("[data-test=blocked]")')
      expect(await waiting).to.equal('executed')
      expect(page.complaints).to.deep.equal([])
    } finally {
      for (const close of closing.reverse()) await close()
    }
  })
})
