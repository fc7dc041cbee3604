import { expect } from 'chai'
import { eventually, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('real processes: events for a supervisor', () => {
  let cluster: RealCluster
  beforeEach(async () => {
    cluster = await RealCluster.create(3)
  })
  afterEach(() => cluster.dispose())

  const toldBy = (member: number) => cluster.told.filter(({ id }) => id === member).map(({ event }) => event)

  it('tells that it votes, which links are up and down, and that it has stopped', async () => {
    await cluster.startAll('--bootstrap')
    const ready = toldBy(1).find(({ code }) => code === 'ready')!
    expect(ready).to.include({ level: 'info', id: 1, endpoint: cluster.members.get(1), cluster: 'spec' })
    expect(ready.pid).to.equal(cluster.pidOf(1))
    expect(ready.startMs).to.be.a('number')
    expect(Date.parse(ready.time)).to.be.above(Date.now() - 120_000)
    await cluster.kill(3)
    await eventually('it is noticed', async () =>
      toldBy(1).some(({ code, peer }) => code === 'linkDown' && peer === 3) ? true : undefined,
    )
    await cluster.stop(1)
    expect(toldBy(1).at(-1)).to.include({ code: 'stopped', id: 1, text: 'replica 1 has stopped' })
  })

  it('tells why it cannot start, by code', async () => {
    const failure = await cluster.start(2).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    const [failed] = toldBy(2)
    expect(failed).to.include({ code: 'failed', level: 'error' })
    expect(failed!.error).to.include({ code: 'storeEmpty' })
    expect(failed!.text).to.match(/^storeEmpty: /)
  })

  it('refuses a descriptor that nobody opened', async () => {
    const { code, stdout, stderr } = await runCli(['serve', ...cluster.flags(1), '--bootstrap', '--events', '999'])
    expect({ code, stdout }).to.eql({ code: 2, stdout: '' })
    expect(stderr).to.match(/^epaxos: --events 999: nobody opened the descriptor 999 .*\n$/)
  })
})
