import { expect } from 'chai'
import { measureLarge } from '../bench/large/bed.ts'
import { eventually, RealCluster } from './real-cluster.ts'

const bytes = 1_000_000
/** Longer than all of it takes on a loaded machine: that a call is answered is what counts here. */
const timeoutMs = 300_000
/** A replica that holds what it was asked for, many times over, is far above this. */
const residentMibMax = 700

describe('real processes: large values, many at once', () => {
  let cluster: RealCluster
  beforeEach(async () => {
    cluster = await RealCluster.create(3)
    await cluster.startAll('--bootstrap')
  })
  afterEach(() => cluster.dispose())

  it('inputs 1 and 2: 40 puts and 100 linearizable gets of 1 MB at once all succeed, and others are served', async () => {
    const load = { puts: 40, gets: 100, keys: 20, bytes, timeoutMs, bytesPerSecond: undefined }
    const { puts, gets, residentMib, otherErrors } = await measureLarge(cluster, load)
    expect(puts, 'puts').to.include({ succeeded: 40 })
    expect(gets, 'gets').to.include({ succeeded: 100 })
    expect(Math.max(...residentMib), residentMib.join(', ')).to.be.below(residentMibMax)
    expect(otherErrors).to.deep.equal([])
    expect(cluster.unexpectedEnds).to.deep.equal([])
  })

  it('inputs 2 and 28: 160 stale gets of 1 MB at once all succeed', async () => {
    const client = cluster.connect(1, timeoutMs)
    await client.put('large', 'x'.repeat(bytes))
    const values = await Promise.all(Array.from({ length: 160 }, () => client.get('large', { stale: true })))
    expect(new Set(values.map(value => value?.length))).to.deep.equal(new Set([bytes]))
    client.close()
  })

  it('succeed on a slow link too: it is neither silence nor a client that does not read', async () => {
    const load = { puts: 8, gets: 12, keys: 4, bytes, timeoutMs, bytesPerSecond: 2 * 1024 * 1024 }
    const { puts, gets } = await measureLarge(cluster, load)
    expect([puts.failed, gets.failed]).to.deep.equal([{}, {}])
    expect(puts.seconds, 'the link was slow').to.be.above(3)
  })

  it('input 3: clients that come, read a large value and close leave nothing behind', async () => {
    const writer = cluster.connect(1, timeoutMs)
    await writer.put('large', 'x'.repeat(bytes))
    writer.close()
    for (let at = 0; at < 40; at++) {
      const client = cluster.connect(1 + (at % 3), timeoutMs)
      expect(await client.get('large')).to.have.length(bytes)
      client.close()
    }
    await eventually('all sessions have ended', async () => {
      const all = await Promise.all(cluster.ids.map(id => cluster.status(id)))
      return all.every(({ sessions }) => sessions === 0) ? true : undefined
    })
  })
})
