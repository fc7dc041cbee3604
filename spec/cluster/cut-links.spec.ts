import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { connectKv } from '../../examples/kv/connect.ts'
import { cutStyles } from './faults/link-path.ts'
import { waysBetween } from './faults/replica-links.ts'
import { runTrial } from './faults/trial.ts'
import { eventually, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: cut links', () => {
  describe('one cut at a time', () => {
    let cluster: RealCluster
    before(async () => {
      cluster = await RealCluster.create(3, { cuttable: true })
      await cluster.startAll('--bootstrap')
    })
    after(() => cluster.dispose())

    /** A client of this replica alone. */
    const only = (id: number) => connectKv({ endpoints: [cluster.members.get(id)!], timeoutMs: 60_000 })
    const links = (id: number, state: string, peers: readonly number[]) =>
      eventually(`replica ${id} has ${peers} ${state}`, async () => {
        const { links } = await cluster.status(id)
        return peers.every(peer => links[peer] === state) ? true : undefined
      })

    for (const style of cutStyles)
      it(`one pair is cut (${style}): both suspect each other, and both still serve`, async () => {
        const [one, two] = [only(1), only(2)]
        try {
          await Promise.all([links(1, 'live', [2, 3]), links(2, 'live', [1, 3])])
          const ways = waysBetween([1, 2])
          for (const way of ways) cluster.links!.cut(way, style)
          await Promise.all([links(1, 'suspected', [2]), links(2, 'suspected', [1])])
          await one.put(style, '1')
          expect(await two.get(style)).to.equal('1')
          await two.append(style, '2')
          expect(await one.get(style)).to.equal('12')
          for (const way of ways) cluster.links!.heal(way)
          await Promise.all([links(1, 'live', [2]), links(2, 'live', [1])])
        } finally {
          one.close()
          two.close()
        }
      })

    it('a replica whose words reach nobody is not answered for; once it is healed, it is', async () => {
      const [one, three] = [only(1), only(3)]
      try {
        await links(3, 'live', [1, 2])
        const ways = [1, 2].map(to => ({ from: 3, to }))
        for (const way of ways) cluster.links!.cut(way, 'hold')
        await Promise.all([1, 2].map(id => links(id, 'suspected', [3])))
        let answered = false
        const late = three.incr('late').finally(() => {
          answered = true
        })
        expect(await one.incr('early')).to.equal(1)
        expect(await one.incr('early')).to.equal(2)
        expect(answered).to.equal(false)
        for (const way of ways) cluster.links!.heal(way)
        expect(await late).to.equal(1)
        expect(await three.get('early')).to.equal('2')
        await cluster.inStep()
      } finally {
        one.close()
        three.close()
      }
    })

    it('what a replica that hears nobody leaves undecided is decided by the others, though they hear it', async () => {
      const [two, three] = [only(2), only(3)]
      try {
        await Promise.all([2, 3].map(id => links(id, 'live', [1])))
        await Promise.all([links(1, 'live', [2, 3]), two.put('deaf', 'a')])
        const before1 = (await cluster.status(2)).known[0]!
        for (const from of [2, 3]) cluster.links!.cut({ from, to: 1 }, 'hold')
        // Replica 1 spreads it and never hears that it was received.
        const fate = appendedThrough(1)
        await eventually('the others know of it', async () => {
          const known = [(await cluster.status(2)).known[0]!, (await cluster.status(3)).known[0]!]
          return known.every(index => index > before1) ? true : undefined
        })
        await three.append('deaf', 'c')
        expect(await two.get('deaf')).to.match(/^a(bc|cb|c)$/)
        for (const from of [2, 3]) cluster.links!.heal({ from, to: 1 })
        const before = await fate
        expect(await two.get('deaf')).to.match(before === 'ok' ? /^a(bc|cb)$/ : /^a(bc|cb|c)$/)
      } finally {
        two.close()
        three.close()
      }
    })

    async function appendedThrough(id: number): Promise<string> {
      const client = only(id)
      try {
        await client.append('deaf', 'b')
        return 'ok'
      } catch (error) {
        return (error as Error).message
      } finally {
        client.close()
      }
    }
  })

  it('under load and random cuts every history is linearizable, and one altered answer is found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epaxos-cut-'))
    try {
      // This seed's first cuts outlast the suspicion time.
      // A loaded machine answers late, and no fault explains that.
      const options = { mode: 'cut', seconds: 10, replicas: 3, seed: 1, timeoutMs: 30_000 } as const
      const report = await runTrial({ ...options, folder, signal: new AbortController().signal, told: () => {} })
      const { cuts, suspicions, linksDown, judgement, objections, history } = report
      expect(objections).to.eql([])
      expect(judgement.ok).to.be.above(100)
      expect(suspicions).to.be.above(0)
      expect(linksDown).to.be.above(0)
      expect(cuts!.streamsHeld + cuts!.bytesDropped + cuts!.connectionsReset).to.be.above(0)

      const lines = readFileSync(history, 'utf8').trimEnd().split('\n')
      const at = lines.findLastIndex(line => /"op":"get".*"status":"ok"/.test(line))
      const { client, key, ...rest } = JSON.parse(lines[at]!)
      lines[at] = JSON.stringify({ client, key, ...rest, result: 'never written' })
      writeFileSync(history, lines.join('\n'))
      const { code, stdout } = await runCli(['check', history])
      expect(code).to.equal(1)
      expect(stdout).to.match(new RegExp(`^not linearizable: 1 of \\d+ keys \\(${key}\\)`))
      expect(stdout).to.contain(`client ${client}: get -> "never written"`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
