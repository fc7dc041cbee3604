import { expect } from 'chai'
import { whyBlocked } from '../../examples/debugger/model/why-blocked.ts'
import { serveLive } from '../../examples/debugger/serve-live.ts'
import { put } from '../../examples/kv/commands.ts'
import { Page } from '../examples/debugger/support/page.ts'
import { RealCluster } from './real-cluster.ts'

describe('real processes: the debugger', () => {
  it('sees what three replicas do, says what is blocked and why, and goes back to when it was not', async () => {
    const cluster = await RealCluster.create(3)
    const closing: (() => unknown)[] = [() => cluster.dispose()]
    try {
      await cluster.startAll('--bootstrap')
      // One endpoint is enough: it tells where the others are.
      const server = await serveLive({ endpoints: [cluster.endpoints[0]!], port: 0 })
      closing.push(() => server.close())
      const page = await Page.open(server.url)
      closing.push(() => page.close())
      const client = cluster.connect(1)
      closing.push(() => client.close())
      const state = () => page.timeline!.state
      await page.until(() => page.timeline !== undefined && state().replicas.every(each => each.state === 'voting'))
      for (let count = 0; count < 20; count++) await client.execute(put('k', String(count)))
      await page.until(() => state().totals.fast >= 20)
      await page.until(() =>
        [...state().instances.values()].every(({ sides }) => sides.every(side => side?.executedMs !== undefined)),
      )
      // What came is what was sent, and left before it came. What a busy process told too late to be waited for has no number.
      const sent = new Set<number>()
      let arrivals = 0
      for (const [, event] of page.timeline!.events()) {
        if (event.kind === 'sent' && event.no !== undefined) sent.add(event.no)
        if (event.kind !== 'received' || event.from === event.at || event.no === undefined) continue
        expect(sent.has(event.no), JSON.stringify(event)).to.equal(true)
        arrivals++
      }
      expect(arrivals).to.be.above(0)

      // They stand still: what is proposed now waits for them.
      for (const id of [2, 3]) process.kill(cluster.pidOf(id), 'SIGSTOP')
      const blocked = client.execute(put('k', 'blocked')).then(
        () => 'executed',
        () => 'given up',
      )
      const latest = () => [...state().instances.values()].findLast(({ rank }) => rank === 0)!
      const why = () => whyBlocked(state(), latest().id)
      await page.until(() => latest().index > 20 && why().isBlocked && why().members.length === 2)
      const { lines, members } = why()
      const words = lines.join('\n')
      expect(members).to.have.members([2, 3])
      expect(words).to.include('1 has heard nothing of 2 and 3 for too long')
      expect(words).to.include('only 1 of 3 replicas run as far as 1 can tell, and 2 are needed to decide anything')
      expect(words).to.match(/1 is preAccepting, which lacks .* preAcceptOk .* of 2 or 3/)

      const then = page.timeline!.cursorAt(page.timeline!.events().next().value![1].ms + 1)
      const past = page.timeline!.seek(then)
      expect(past.replicas.every(({ isUp }) => isUp)).to.equal(true)
      page.timeline!.seek(page.timeline!.last)

      for (const id of [2, 3]) process.kill(cluster.pidOf(id), 'SIGCONT')
      await page.until(() => !why().isBlocked)
      expect(await blocked).to.equal('executed')

      await cluster.kill(3)
      await page.until(() => !state().replicas[2]!.isUp)
      expect(whyBlocked(state(), latest().id, 3).lines.join(), 'nobody says what it has executed').to.match(
        /executed|3 is down/,
      )
      await cluster.start(3)
      await page.until(() => state().replicas[2]!.isUp && state().replicas[2]!.state === 'voting')
      expect(cluster.unexpectedEnds).to.deep.equal([])
    } finally {
      for (const close of closing.reverse()) await close()
    }
  })
})
