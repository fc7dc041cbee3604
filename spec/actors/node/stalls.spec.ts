import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createNode, type ReplicaEvent } from '../../../index.ts'
import { freePorts } from '../../cluster/real-cluster.ts'
import { eventually } from '../../support/eventually.ts'

const block = (ms: number): void => {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

/** Counts, slowly when it is told to. */
function slow() {
  let count = 0
  return {
    footprint: () => ({ reads: ['count'], writes: ['count'] }),
    apply({ ms }: { readonly ms: number }): number {
      block(ms)
      return ++count
    },
    snapshot: () => Uint8Array.of(count),
    restore([first]: Uint8Array) {
      count = first!
    },
  }
}

describe('a node whose event loop stands still', function () {
  this.timeout(60_000)
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'epaxos-stalls-'))
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  it('says so, and for what, in its status and as an event', async () => {
    const [port] = await freePorts(1)
    const events: ReplicaEvent[] = []
    const node = await createNode({
      id: 1,
      members: { 1: `ws://127.0.0.1:${port}` },
      data,
      bootstrap: true,
      stateMachine: slow(),
      limits: { stallMs: 80 },
      log: event => events.push(event),
    })
    try {
      const isTold = () => node.status().stalls.latest.some(({ ms, cause }) => ms >= 200 && cause === 'execution')
      // Again and again: on a loaded machine another cause may have taken more of it.
      await eventually('a stall is told with its cause', async () => {
        await node.propose({ ms: 300 })
        await new Promise(resolve => setTimeout(resolve, 100))
        return isTold()
      })
      const told = events.filter(event => event.code === 'stalled')
      expect(told.length).to.equal(node.status().stalls.count)
      expect(Math.max(...told.map(({ ms }) => ms))).to.equal(node.status().stalls.longestMs)
    } finally {
      await node.stop()
    }
  })
})
