import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { addressOf } from '../../../actors/node/endpoints.ts'
import { newOwner } from '../../../actors/node/make-store.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createNode, createReplica, type Node } from '../../../index.ts'
import type { Command } from '../../../machines/protocol/commands.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { systemClock } from '../../../net/system-clock.ts'
import { systemRandom } from '../../../net/system-random.ts'
import { createWsServer } from '../../../net/ws/server.ts'
import { createWsTransport } from '../../../net/ws/transport.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'
import { freePorts } from '../../cluster/real-cluster.ts'
import { eventually } from '../../support/eventually.ts'

const ids = [1, 2, 3]
const far = 2 ** 50
const none = [0, 0, 0]
const codec = createCodec(defaultLimits)

/** Member 3 over real sockets, and what it says beside what a replica says. */
async function lyingMember(members: ReadonlyMap<number, string>) {
  const base = { clock: systemClock, limits: defaultLimits }
  const server = createWsServer({ ...addressOf(members.get(3)!), ...base })
  await new Promise<void>((resolve, reject) => server.listen(error => (error === null ? resolve() : reject(error))))
  const transport = createWsTransport({ server, members, codec, random: systemRandom, secret: undefined, ...base })
  const bootstrap = newOwner({ id: 3, members: ids, cluster: 'epaxos' })
  const store = createMemoryStore({ disk: createMemoryDisk(), clock: systemClock, random: systemRandom, bootstrap })
  const replica = createReplica({ id: 3, members: ids, stateMachine: createKvStateMachine(), transport, store })
  await replica.start()
  return {
    replica,
    say: (...messages: readonly Message[]) => {
      for (const to of [1, 2]) transport.send(to, messages)
    },
    async stop() {
      await replica.stop()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

describe('a member that says what cannot be, over sockets', function () {
  this.timeout(120_000)
  let directory: string
  let nodes: Node<unknown, unknown>[]
  let liar: Awaited<ReturnType<typeof lyingMember>>
  const told: ReplicaEvent[] = []

  /** Each honest member has a command executed; how fast is for worlds on simulated time to say. */
  async function serves(what: string): Promise<void> {
    for (const [at, node] of nodes.entries()) {
      await node.propose(put(`${what} ${at}`, 'v'))
    }
    expect(nodes.map(node => node.status().state)).to.deep.equal(['voting', 'voting'])
  }

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-liar-'))
    const members = new Map((await freePorts(3)).map((port, at) => [at + 1, `ws://127.0.0.1:${port}`]))
    const start = (id: number) =>
      createNode({
        id,
        members,
        data: join(directory, String(id)),
        bootstrap: true,
        stateMachine: createKvStateMachine(),
        log: event => told.push(event),
      }) as Promise<Node<unknown, unknown>>
    const begun = [start(1), start(2)]
    liar = await lyingMember(members)
    nodes = await Promise.all(begun)
    await eventually('the members hear each other', () =>
      nodes.every(node => Object.values(node.status().links).every(state => state === 'live')),
    )
    await serves('in the beginning')
  })
  after(async () => {
    await Promise.all(nodes.map(node => node.stop()))
    await liar.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const idOf = (index: number, rank = 2) => ({ epoch: 1, rank, index })
  const commandOf = (payload: Uint8Array): Command => ({
    footprint: { reads: [], writes: ['k'] },
    payloads: [payload],
  })
  const heartbeat = { type: 'heartbeat', known: none, executed: none, canVote: true, inStep: true } as const
  const promise = { raised: none, raisedFrom: 1 }
  const lies: readonly (readonly [what: string, said: () => readonly Message[]])[] = [
    [
      'a payload of kind 99',
      () => [{ type: 'commit', id: idOf(1), cmd: commandOf(codec.encodeData([99])), dep: none }],
    ],
    [
      'bytes that do not decode',
      () => [{ type: 'preAccept', id: idOf(1), cmd: commandOf(Uint8Array.of(0xc1)), dep: none }],
    ],
    ['known of 2^52 in all rows', () => [{ ...heartbeat, ...promise, known: [2 ** 52, 2 ** 52, 2 ** 52] }]],
    ['a barrier of 2^50', () => [{ ...heartbeat, ...promise, barrier: far }]],
    ['executed far ahead', () => [{ ...heartbeat, ...promise, executed: [far, far, far] }]],
    [
      'dependencies far ahead',
      () => [
        { type: 'accept', id: idOf(1), bal: 0, cmd: 'nop', dep: none },
        { type: 'preAcceptOk', id: idOf(1, 0), dep: [far, far, far] },
      ],
    ],
    [
      'a commit of a Nop that depends on all',
      () => [{ type: 'commit', id: idOf(2), cmd: 'nop', dep: [far, far, far] }],
    ],
    [
      'ballots above which there are none',
      () => [{ type: 'recover', id: idOf(1, 1), bal: Number.MAX_SAFE_INTEGER - ((Number.MAX_SAFE_INTEGER - 2) % 3) }],
    ],
    [
      'fetches of everything',
      () => [
        { type: 'fetch', from: none, to: [far, far, far] },
        { type: 'fetchEnd', upTo: none, floor: [far, far, far] },
      ],
    ],
    ['another decision for a committed id', () => [{ type: 'commit', id: idOf(1, 0), cmd: 'nop', dep: none }]],
  ]

  for (const [what, said] of lies)
    it(`input 29: ${what}: no replica ends, and the others go on`, async () => {
      liar.say(...said())
      await serves(what)
    })

  it('input 29: what was refused is counted and told', () => {
    for (const node of nodes) expect(node.status().rejected).to.be.above(0)
    expect(new Set(told.map(({ code }) => code))).to.include.all.keys('messageRefused', 'peerContradicts')
  })
})
