import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createClient, createNode, defaultLimits, type Node } from '../../../index.ts'
import { freePorts } from '../../cluster/real-cluster.ts'

/** What accepts connections and says nothing: a machine whose process hangs. */
async function silent(): Promise<{ readonly server: Server; readonly endpoint: string; readonly sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer(socket => sockets.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, sockets, endpoint: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('client: endpoints that accept and say nothing, first in the list (input 18)', function () {
  this.timeout(60_000)
  let directory: string
  let node: Node<never, unknown>
  let endpoint: string
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-silent-'))
    const [port] = await freePorts(1)
    endpoint = `ws://127.0.0.1:${port}`
    const stateMachine = createKvStateMachine() as never
    node = await createNode({ id: 1, members: { 1: endpoint }, data: directory, bootstrap: true, stateMachine })
  })
  after(async () => {
    await node.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  for (const count of [1, 2, 3]) {
    it(`${count}: answered before one of them is given up`, async () => {
      const dead = await Promise.all(Array.from({ length: count }, silent))
      const endpoints = [...dead.map(each => each.endpoint), endpoint]
      const client = createClient({ endpoints, timeoutMs: 50_000 })
      try {
        const beganMs = performance.now()
        await client.ask([1, 'a', '1'])
        const tookMs = performance.now() - beganMs
        expect(client.endpoint).to.equal(endpoint)
        // Who waits for one after the other has given up the last of them by then.
        expect(tookMs).to.be.below(count * defaultLimits.connectTimeoutMs)
        // It is remembered: nothing more is dialled.
        const dialled = (): number => dead.reduce((sum, { sockets }) => sum + sockets.length, 0)
        const before = dialled()
        await client.ask([1, 'a', '2'])
        expect(dialled()).to.equal(before).and.to.equal(count)
      } finally {
        client.close()
        for (const { server, sockets } of dead) {
          for (const socket of sockets) socket.destroy()
          server.close()
        }
      }
    })
  }
})
