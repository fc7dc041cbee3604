import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { KvClient } from '../../examples/kv/client.ts'
import { connectKv } from '../../examples/kv/connect.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from './real-cluster.ts'

const program = fileURLToPath(new URL('./wrong-clocks/node.ts', import.meta.url))
const hourMs = 3_600_000
const ttlMs = 600_000

describe('input 31: keys with a time to live on real processes, one of whose clocks is wrong', function () {
  this.timeout(120_000)
  let directory: string
  let nodes: readonly ChildProcess[] = []
  let clients: readonly KvClient[] = []

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-clocks-'))
    const endpoints = (await freePorts(3)).map(port => `ws://127.0.0.1:${port}`)
    nodes = endpoints.map((_, at) =>
      fork(program, [String(at + 1), endpoints.join(','), join(directory, String(at + 1))], {
        execArgv: ['--import', 'tsx'],
      }),
    )
    await Promise.all(nodes.map(node => once(node, 'message')))
    clients = endpoints.map(endpoint => connectKv({ endpoints: [endpoint], timeoutMs: 60_000 }))
  })

  afterEach(async () => {
    for (const client of clients) client.close()
    await Promise.all(
      nodes.map(node => {
        const ended = once(node, 'exit')
        node.kill('SIGKILL')
        return ended
      }),
    )
    rmSync(directory, { recursive: true, force: true })
  })

  async function set(member: number, wrongByMs: number): Promise<void> {
    const node = nodes[member - 1]!
    const done = once(node, 'message')
    node.send(wrongByMs)
    await done
  }

  for (const [how, byMs] of [
    ['an hour ahead', hourMs],
    ['an hour behind', -hourMs],
  ] as const)
    it(`stay for their ten minutes, and go after a second: one ${how}`, async () => {
      await clients[0]!.put('before', 'v', { ttlMs })
      await set(2, byMs)
      for (const [at, client] of clients.entries()) await client.put(`at ${at + 1}`, 'v', { ttlMs })
      for (const [at, client] of clients.entries()) await client.put(`brief ${at + 1}`, 'v', { ttlMs: 1_000 })
      await eventually('the brief ones go', async () => {
        const found = await Promise.all(['brief 1', 'brief 2', 'brief 3'].map(key => clients[0]!.get(key)))
        return found.every(value => value === null)
      })
      // The wrong clock would have had many heartbeats to end them.
      await sleep(1_000)
      expect(await clients[0]!.keys()).to.eql(['at 1', 'at 2', 'at 3', 'before'])
    })
})
