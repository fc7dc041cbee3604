import { expect } from 'chai'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { Transport } from '../../../net/transport.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'

type Cluster = MemoryCluster<KvCommand, KvResult>

/** Once it `begins`, heartbeats alone leave, which say that the member has given `known` indices away. */
const silentOwner = (transport: Transport, known: number, begins: () => boolean): Transport => ({
  start: (greeting, events) => transport.start(greeting, events),
  send(to, messages) {
    if (!begins()) transport.send(to, messages)
    const beats = messages.filter(message => message.type === 'heartbeat')
    const told = beats.map(beat => ({ ...beat, known: beat.known.with(2, known) }))
    if (begins() && told.length > 0) transport.send(to, told)
  },
  stop: done => transport.stop(done),
})

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
  let isSilent = false
  const cluster = await memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    transportOf: (member, transport) => (member === 3 ? silentOwner(transport, unknown, () => isSilent) : transport),
  })
  isSilent = true
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
