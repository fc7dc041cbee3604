import { expect } from 'chai'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateTables } from '../../../actors/tables/state-tables.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'

const codec = createCodec(defaultLimits)
const large = 'x'.repeat(100_000)
const roomBytes = 200_000

const bytesOf = (answer: ClientAnswer): number => {
  if (answer.type === 'result') return answer.payload.length
  if (answer.type === 'results') return answer.results.length
  return answer.type === 'statusReport' ? answer.json.length : 0
}
const requestsOf = (answer: ClientAnswer): readonly number[] => {
  if (answer.type === 'results') return answer.requests
  return 'request' in answer ? [answer.request] : []
}

/** A client whose socket holds what it is sent until it is read. */
function slowClient({ replicas, clock }: MemoryCluster<KvCommand, KvResult>, isOperator = false) {
  const answered: number[] = []
  const refused: string[] = []
  let waiting = 0
  let mostWaiting = 0
  let isPaused = false
  let pauses = 0
  let closed: string | undefined
  const events: ClientPeerEvents = replicas[0]!.connected({
    send(answers) {
      for (const answer of answers) {
        answered.push(...requestsOf(answer))
        if (answer.type === 'refused') refused.push(answer.code)
        waiting += bytesOf(answer)
      }
      mostWaiting = Math.max(mostWaiting, waiting)
    },
    flow: {
      get hasRoom() {
        return waiting < roomBytes
      },
      pause() {
        if (!isPaused) pauses++
        isPaused = true
      },
      resume() {
        isPaused = false
      },
    },
    isOperator,
    close: reason => {
      closed = reason
    },
  })
  return {
    answered,
    refused,
    ask: (requests: readonly ClientRequest[]) => events.requests(requests),
    /** Reads everything that waits. */
    read() {
      waiting = 0
      clock.setTimeout(() => events.drained?.(), 0)
    },
    get mostWaiting() {
      return mostWaiting
    },
    get isPaused() {
      return isPaused
    },
    get pauses() {
      return pauses
    },
    get closed() {
      return closed
    },
  }
}

const query = (request: number, key: string): ClientRequest => ({
  type: 'query',
  request,
  payload: codec.encodeData(get(key)),
})
const propose = (request: number, command: KvCommand): ClientRequest => ({
  type: 'propose',
  request,
  payload: codec.encodeData(command),
})
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)

describe('the flow of a connection', () => {
  let cluster: MemoryCluster<KvCommand, KvResult>
  let digests = 0
  const begin = async (limits: Partial<Limits> = {}) => {
    cluster = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => {
        const machine = createKvStateMachine()
        const tables = machine.tables as StateTables
        const digest = tables.digest.bind(tables)
        tables.digest = names => {
          digests++
          return digest(names)
        }
        return machine
      },
      limits: { clientRoomBytes: roomBytes, digestIntervalMs: 0, ...limits },
    })
    await cluster.execute(1, put('large', large))
    return slowClient(cluster)
  }

  it('input 28: answers queries as the socket takes them, however many come in one frame', async () => {
    const client = await begin()
    client.ask(upTo(300).map(at => query(at, 'large')))
    await cluster.pass(100)
    expect(client.answered, 'what the socket holds').to.have.length(roomBytes / large.length)
    while (client.answered.length < 300) {
      const had = client.answered.length
      client.read()
      await cluster.until('more is answered', () => client.answered.length > had)
    }
    expect(client.answered).to.deep.equal(upTo(300))
    expect(client.mostWaiting).to.be.below(2 * roomBytes)
  })

  it('input 28: makes one status for many requests at the same time', async () => {
    const client = await begin()
    digests = 0
    client.ask(upTo(1_000).map(request => ({ type: 'status', request })))
    for (let rounds = 0; client.answered.length < 1_000; rounds++) {
      expect(rounds).to.be.below(1_000)
      client.read()
      await cluster.pass(1)
    }
    // The digest in a status takes a snapshot of a small state.
    expect(digests, 'statuses made').to.be.within(1, 100)
    expect(client.mostWaiting).to.be.below(2 * roomBytes)
  })

  it('answers linearizable reads of many bytes as the socket takes them, and holds few of them', async () => {
    const client = await begin({ connectionAnswerBytesMax: 1_000_000 })
    client.ask(upTo(300).map(at => propose(at, get('large'))))
    await cluster.pass(1_000)
    expect(client.answered.length).to.be.below(4)
    const executed = cluster.replicas[0]!.status().commandsExecuted
    expect(executed, 'as many as may be in flight at first').to.be.below(70)
    while (client.answered.length < 300) {
      const had = client.answered.length
      client.read()
      await cluster.until('more is answered', () => client.answered.length > had)
    }
    expect([...client.answered].sort((a, b) => a - b)).to.deep.equal(upTo(300))
    expect(client.refused).to.deep.equal([])
  })

  it('reads no more from a client while many bytes of its commands wait', async () => {
    const limits = { connectionInFlightBytesMax: 300_000, connectionWaitingBytesMax: 300_000 }
    const client = await begin(limits)
    client.ask(upTo(20).map(at => propose(at, put(`k${at}`, large))))
    expect(client.isPaused).to.equal(true)
    await cluster.until('all are answered', () => client.answered.length === 20)
    expect([client.isPaused, client.pauses]).to.deep.equal([false, 1])
    expect(client.refused).to.deep.equal([])
  })

  it('leaves a place to a client with little when others hold all bytes that may be', async () => {
    const flood = await begin({ clientsBytesMax: 1_000_000, connectionAnswerBytesMax: 10_000_000 })
    const polite = slowClient(cluster)
    flood.ask(upTo(60).map(at => propose(at, get('large'))))
    await cluster.pass(1_000)
    polite.ask([propose(1, put('polite', 'x'))])
    await cluster.until('it is answered', () => polite.answered.length === 1)
    polite.ask([propose(2, put('polite', 'y'))])
    await cluster.until('it is answered again', () => polite.answered.length === 2)
    expect(flood.answered.length).to.be.below(4)
  })

  it('refuses more requests than may be unanswered, also those that are answered at once', async () => {
    const client = await begin({ connectionInFlightMax: 10 })
    client.ask(upTo(15).map(at => query(at, 'large')))
    expect(client.refused).to.have.length(5)
    expect(client.closed).to.equal(undefined)
  })

  it('serves nobody but the operator at a place that is kept for it', async () => {
    await begin()
    const operator = slowClient(cluster, true)
    const { lengths, bytes } = codec.encodePieces([put('k', 'v')])
    operator.ask([
      { type: 'status', request: 1 },
      propose(2, get('large')),
      query(3, 'large'),
      { type: 'openSession', request: 4 },
      { type: 'execute', request: 5, session: 's', floor: 0, sequences: [1], lengths, commands: bytes },
    ])
    await cluster.until('all are answered', () => operator.answered.length === 5)
    expect(operator.refused).to.deep.equal(['overloaded', 'overloaded', 'overloaded', 'overloaded'])
  })

  it('input 3: a connection opens few sessions, and a cluster has no more than it may', async () => {
    const client = await begin({ connectionSessionsMax: 8, sessionsMax: 12 })
    client.ask(upTo(1_000).map(request => ({ type: 'openSession', request })))
    await cluster.until('all are answered', () => client.answered.length === 1_000)
    expect(client.refused).to.have.length(992)
    expect(new Set(client.refused)).to.deep.equal(new Set(['overloaded']))
    const other = slowClient(cluster)
    other.ask(upTo(8).map(request => ({ type: 'openSession', request })))
    await cluster.until('all are answered', () => other.answered.length === 8)
    expect(cluster.replicas[0]!.status().sessions).to.be.at.most(16)
    const third = slowClient(cluster)
    third.ask([{ type: 'openSession', request: 1 }])
    await cluster.until('it is answered', () => third.answered.length === 1)
    expect(third.refused).to.deep.equal(['overloaded'])
  })

  it('input 3: a client that says so has its session ended everywhere', async () => {
    let session = ''
    await begin()
    const events = cluster.replicas[0]!.connected({
      send(answers) {
        for (const answer of answers) if (answer.type === 'sessionOpened') session = answer.session
      },
      close: () => undefined,
    })
    events.requests([{ type: 'openSession', request: 1 }])
    await cluster.until('it is open everywhere', () => cluster.replicas.every(each => each.status().sessions === 1))
    events.requests([{ type: 'endSession', request: 2, session }])
    events.closed('closed by the client')
    await cluster.until('it has ended everywhere', () => cluster.replicas.every(each => each.status().sessions === 0))
  })
})
