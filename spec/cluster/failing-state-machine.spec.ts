import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  type Client,
  createClient,
  createMemoryDisk,
  createMemoryNetwork,
  createMemoryStore,
  createNode,
  createReplica,
  type Node,
  type StateMachine,
  systemClock,
} from '../../index.ts'
import { saidDuring } from '../support/standard-error.ts'
import { freePorts } from './real-cluster.ts'

/** A command as a user writes it: an object with the name of an operation. */
interface Asked {
  readonly op: string
}

/** The habit of many: operations that are not known are thrown on, and answers are made of what there is. */
function createCounter(): StateMachine<Asked, unknown> {
  let count = 0
  const operations: { readonly [op: string]: () => unknown } = {
    add: () => ++count,
    nothing: () => undefined,
    date: () => new Date(0),
    later: () => Promise.reject(new Error('later')),
    bigint: () => 1n,
  }
  return {
    footprint: ({ op }) =>
      op === 'no footprint'
        ? (undefined as never)
        : op === 'read'
          ? { reads: ['k'], writes: [] }
          : { reads: [], writes: ['k'] },
    apply: ({ op }) => operations[op]!(),
    snapshot: () => Uint8Array.of(count),
    restore: ([restored]) => {
      count = restored!
    },
  }
}

describe('replicas of a state machine that fails', function () {
  this.timeout(120_000)
  let directory: string
  let members: { [id: number]: string }
  let nodes: Node<Asked, unknown>[] = []
  let client: Client | undefined

  const start = (bootstrap: boolean) =>
    Promise.all(
      [1, 2, 3].map(id =>
        createNode({ id, members, data: join(directory, `${id}`), bootstrap, stateMachine: createCounter() }),
      ),
    )
  const stop = async () => {
    client?.close()
    await Promise.all(nodes.splice(0).map(node => node.stop()))
  }
  const codeOf = async (op: string): Promise<unknown> =>
    client!.ask({ op }).then(
      result => result,
      error => error.code,
    )

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-failing-'))
    members = Object.fromEntries((await freePorts(3)).map((port, at) => [at + 1, `ws://127.0.0.1:${port}`]))
  })
  afterEach(async () => {
    await stop()
    rmSync(directory, { recursive: true, force: true })
  })

  it('input 8, 34: on sockets and SQLite the client has an error, nobody stops, also after a restart of all', async () => {
    const said = await saidDuring(async () => {
      for (const isNew of [true, false]) {
        nodes = await start(isNew)
        client = createClient({ endpoints: Object.values(members) })
        for (const op of ['typo', 'nothing', 'date', 'later', 'bigint'])
          expect(await codeOf(op), op).to.equal('applyFailed')
        expect(await codeOf('no footprint')).to.equal('malformed')
        expect(await client.look({ op: 'read' }).catch(({ code }) => code), 'a stale read that throws').to.equal(
          'applyFailed',
        )
        expect(await codeOf('add')).to.equal(isNew ? 1 : 2)
        expect(nodes.map(({ replica }) => replica.state)).to.eql(['voting', 'voting', 'voting'])
        await stop()
      }
    })
    const ofApply = said.filter(line => line.startsWith('epaxos: apply of the state machine failed: '))
    expect(ofApply, 'once a replica and life, not for each command').to.have.length(6)
  })

  it('input 34: a replica without a log says it on standard error', async () => {
    const bootstrap = { cluster: 'one', member: 1, members: [1], epoch: 1, snapshot: undefined }
    const replica = createReplica<Asked, unknown>({
      id: 1,
      members: [1],
      stateMachine: createCounter(),
      transport: createMemoryNetwork({ clock: systemClock }).transport(1),
      store: createMemoryStore({ disk: createMemoryDisk(), clock: systemClock, random: () => 0.5, bootstrap }),
    })
    const said = await saidDuring(async () => {
      await replica.start()
      expect(await replica.propose({ op: 'typo' }).catch(({ code }) => code)).to.equal('applyFailed')
      await replica.stop()
    })
    expect(said).to.have.length(1)
    expect(said[0]).to.match(
      /^epaxos: apply of the state machine failed: TypeError: operations\[op\] is not a function/,
    )
  })
})
