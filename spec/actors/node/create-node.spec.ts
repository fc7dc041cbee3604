import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createClient, createNode, type Node, type NodeOptions } from '../../../index.ts'
import { freePorts } from '../../cluster/real-cluster.ts'
import { eventually } from '../../support/eventually.ts'

/** Lines by name. */
function notes() {
  let lines: string[] = []
  return {
    footprint: ({ line }: Note) => ({ reads: ['notes'], writes: line === undefined ? [] : ['notes'] }),
    apply({ line }: Note): number {
      if (line !== undefined) lines.push(line)
      return lines.length
    },
    snapshot: () => new TextEncoder().encode(JSON.stringify(lines)),
    restore(bytes: Uint8Array) {
      lines = JSON.parse(new TextDecoder().decode(bytes))
    },
  }
}
interface Note {
  readonly line?: string
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    error => error.code ?? error.name,
  )

describe('createNode', function () {
  this.timeout(60_000)
  let directory: string
  let members: { [id: number]: string }
  const running: Node<Note, number>[] = []

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-node-'))
    members = Object.fromEntries((await freePorts(3)).map((port, at) => [at + 1, `ws://127.0.0.1:${port}`]))
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map(node => node.stop()))
    rmSync(directory, { recursive: true, force: true })
  })

  async function start(id: number, options: Partial<NodeOptions<Note, number>> = {}): Promise<Node<Note, number>> {
    const data = join(directory, String(id))
    const node = await createNode({ id, members, data, stateMachine: notes(), ...options })
    running.push(node)
    return node
  }
  const bootstrapped = () => Promise.all([1, 2, 3].map(id => start(id, { bootstrap: true })))
  const portOf = (id: number) => Number(new URL(members[id]!).port)

  /** Takes the port of a member, which shows that nothing else has it. */
  async function occupied(id: number): Promise<Server> {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: '127.0.0.1', port: portOf(id), exclusive: true }, resolve)
    })
    return server
  }
  const vacate = (server: Server) => new Promise(resolve => server.close(resolve))

  it('replicates a state machine over processes, answers clients, and finds its data after a restart', async () => {
    const nodes = await bootstrapped()
    expect(await nodes[0]!.propose({ line: 'a' })).to.equal(1)
    expect(await nodes[1]!.propose({ line: 'b' })).to.equal(2)
    await eventually('the third has executed both', () => nodes[2]!.query({}) === 2)
    expect(await nodes[0]!.read({})).to.equal(2)
    expect(await nodes[0]!.read({ line: 'none' }).catch(error => error.code)).to.equal('notReadOnly')
    expect(nodes[2]!.status()).to.include({ member: 3, cluster: 'epaxos', state: 'voting' })
    expect(nodes[2]!.status().runtime?.windowMs).to.be.a('number')
    const client = createClient({ endpoints: [members[3]!] })
    expect(await client.ask({ line: 'c' })).to.equal(3)
    client.close()
    await Promise.all(running.splice(0).map(node => node.drain()))
    await vacate(await occupied(1))

    const again = await Promise.all([1, 2, 3].map(id => start(id)))
    expect(await again[0]!.propose({})).to.equal(3)
  })

  it('may be stopped and drained more than once', async () => {
    const node = await start(1, { bootstrap: true })
    await Promise.all([node.drain(), node.drain()])
    await Promise.all([node.stop(), node.drain()])
    expect(await codeOf(node.propose({ line: 'late' }))).to.equal('notReady')
  })

  it('refuses what is wrong in its options, with nothing opened', async () => {
    expect(await codeOf(start(4))).to.equal('RangeError')
    members[3] = 'http://127.0.0.1:1'
    expect(await codeOf(start(1))).to.equal('badEndpoint')
  })

  it('says that its port is taken, and touches no data', async () => {
    const server = await occupied(1)
    expect(await codeOf(start(1, { bootstrap: true }))).to.equal('portInUse')
    await vacate(server)
    await start(1, { bootstrap: true })
  })

  it('says what is wrong with its data, and leaves the port', async () => {
    expect(await codeOf(start(1))).to.equal('storeEmpty')
    await vacate(await occupied(1))
    await (await start(1, { bootstrap: true })).drain()
    expect(await codeOf(start(1, { bootstrap: true }))).to.equal('storeNotEmpty')
    expect(await codeOf(start(1, { cluster: 'another' }))).to.equal('storeForeign')
    await start(1)
  })

  it('closes everything when a door does not open', async () => {
    const broken = new Error('it is stuck')
    const closed: string[] = []
    const doors = [
      () => () => void closed.push('first'),
      () => {
        throw broken
      },
    ]
    expect(await start(1, { bootstrap: true, doors }).catch(error => error)).to.equal(broken)
    expect(closed).to.eql(['first'])
    await vacate(await occupied(1))
    await start(1)
  })

  it('opens doors with what they need, and closes them with the node', async () => {
    const seen: unknown[] = []
    const node = await start(1, {
      bootstrap: true,
      cluster: 'doors',
      doors: [
        ({ id, cluster, members, replica }) => {
          seen.push(id, cluster, [...members.keys()], replica.state)
          return () => void seen.push('closed')
        },
      ],
    })
    await node.drain()
    expect(seen).to.eql([1, 'doors', [1, 2, 3], 'voting', 'closed'])
  })

  it('says that it has failed, and closes everything', async () => {
    const failures: Error[] = []
    members = { 1: members[1]! }
    const node = await start(1, { bootstrap: true, failed: error => failures.push(error) })
    // Its store fails by itself, while nothing is written (input 14).
    rmSync(join(directory, '1'), { recursive: true })
    await eventually('it is told', () => failures.length === 1)
    expect(failures[0]).to.include({ code: 'storeGone' })
    await node.stop()
    expect(failures).to.have.length(1)
    await vacate(await occupied(1))
  })
})
