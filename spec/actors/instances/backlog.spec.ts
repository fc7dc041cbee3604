import { expect } from 'chai'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { Store, StoreContents } from '../../../storage/store.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'

type Cluster = MemoryCluster<KvCommand, KvResult>

/** A store whose contents are changed when it is opened. */
const opening = (store: Store, change: (contents: StoreContents) => StoreContents): Store => ({
  open: done =>
    store.open((error: Parameters<typeof done>[0], contents?: StoreContents) =>
      done(error, contents && change(contents)),
    ),
  write: (batch, done) => store.write(batch, done),
  close: done => store.close(done),
})

/** In place of member 3 somebody says ten times a second that it has given `known` indices away, and nothing else. */
async function silentOwner(cluster: Cluster, storeIdentity: string, known: number): Promise<void> {
  void cluster.replicas[2]!.stop()
  await cluster.pass(50)
  const { network, clock } = cluster
  const transport = network.transport(3)
  const ignored = () => undefined
  transport.start(
    { cluster: 'memory', epoch: 1, member: 3, members: [1, 2, 3], storeIdentity },
    {
      frame: ignored,
      greeted: (_peer, _store, decide) => decide(null),
      linkUp: ignored,
      linkDown: ignored,
      failed: ignored,
    },
  )
  const beat = () => {
    const none = [0, 0, 0]
    for (const to of [1, 2])
      transport.send(to, [
        {
          type: 'heartbeat',
          known: [0, 0, known],
          executed: none,
          canVote: true,
          inStep: true,
          raised: none,
          raisedFrom: 1,
        },
      ])
    clock.setTimeout(beat, 100)
  }
  beat()
}

/** How long it takes until members 1 and 2 have executed `unknown` ids of member 3; commands go on meanwhile. */
async function workOff(cluster: Cluster, unknown: number) {
  const executed = () => Math.min(...[0, 1].map(at => cluster.replicas[at]!.progress().executedPrefix[2]!))
  const began = cluster.nowMs()
  let longestMs = 0
  for (let at = 0; executed() < unknown && cluster.nowMs() - began < 60_000; at++) {
    const asked = cluster.nowMs()
    await cluster.execute((at % 2) + 1, put(`k${at}`, 'v'))
    longestMs = Math.max(longestMs, cluster.nowMs() - asked)
    await cluster.pass(10)
  }
  return { tookMs: cluster.nowMs() - began, longestMs }
}

/** Members 1 and 2 have heard of `unknown` ids of an owner that says so, and answers nothing about them. */
async function withUnknown(unknown: number): Promise<Cluster> {
  let identity = ''
  const cluster = await memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    storeOf: (member, store) =>
      opening(store, contents => {
        if (member === 3) identity = contents.owner.storeIdentity
        return contents
      }),
  })
  await silentOwner(cluster, identity, unknown)
  await cluster.until('all are heard of', () =>
    [0, 1].every(at => cluster.replicas[at]!.progress().known[2]! >= unknown),
  )
  return cluster
}

describe('a backlog of unknown ids (section 4)', function () {
  this.timeout(120_000)

  for (const unknown of [300, 2_000])
    it(`input 29: ${unknown} ids of an owner that does not answer are decided within seconds, and commands go on`, async () => {
      const cluster = await withUnknown(unknown)
      const { tookMs, longestMs } = await workOff(cluster, unknown)
      // Three requests to the owner come first, which seems to live: 3 s with the delays between them.
      expect(tookMs).to.be.below(6_000)
      expect(longestMs).to.be.below(300)
    })

  it('input 29: also after a restart of all, while the recoveries are under way', async () => {
    const cluster = await withUnknown(2_000)
    await cluster.until('recoveries begin', () => cluster.replicas[0]!.status().recoveries > 100)
    await cluster.restart(1, 'stop')
    await cluster.restart(2, 'stop')
    await cluster.until('they hear each other', () => cluster.replicas[0]!.status().links[2] === 'live')
    const { tookMs, longestMs } = await workOff(cluster, 2_000)
    expect(tookMs).to.be.below(6_000)
    expect(longestMs).to.be.below(300)
  })
})
