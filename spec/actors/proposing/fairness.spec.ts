import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { memoryCluster } from '../support/memory-cluster.ts'
import { SessionClient } from '../support/session-client.ts'

const limits = { batchCommandsMax: 64, connectionInFlightMax: 1_024, proposalQueueMax: 4_096, digestIntervalMs: 0 }

interface Flood {
  readonly clients: number
  /** Commands that each of them tries to keep in flight. */
  readonly inFlight: number
  /** On which key a flooding client puts. */
  readonly key: (client: number, at: number) => string
}

/**
 * Clients who keep many commands in flight at replica 1, and a polite one with one: of each of its commands, how many
 * instances of replica 1 were proposed from its request up to its own instance, that one included.
 */
async function politeUnder({ clients, inFlight, key }: Flood, commands = 20) {
  let politeIndex = 0
  const cluster = await memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    limits,
    tap: member => ({
      sent: (_, message) => {
        if (member !== 1 || message.type !== 'preAccept' || message.id.rank !== 0) return
        const { writes } = message.cmd.footprint
        if (writes !== 'all' && writes.includes('polite')) politeIndex = message.id.index
      },
    }),
  })
  const { replicas, until } = cluster
  const codec = createCodec(defaultLimits)
  const [replica] = replicas
  const refused = { flood: 0, polite: 0 }
  let executed = 0
  const floods = Array.from({ length: clients }, (_, client) => {
    let free = 0
    let at = 0
    const flood = new SessionClient(replica!, codec, code => {
      free++
      if (code === undefined) executed++
      else refused.flood++
    })
    const fill = (count: number) => {
      const some = Array.from({ length: count }, () => put(key(client, at++), 'v'))
      if (count > 0) flood.execute(some)
    }
    /** What was answered or refused is asked for anew, a batch at a time. */
    const refill = () => {
      const count = Math.min(free, limits.batchCommandsMax)
      free -= count
      fill(count)
    }
    return { flood, fill, refill }
  })
  let answers = 0
  const polite = new SessionClient(replica!, codec, code => {
    answers++
    if (code !== undefined) refused.polite++
  })
  await until('sessions are open', () => polite.isOpen && floods.every(({ flood }) => flood.isOpen))
  for (const { fill } of floods) fill(inFlight)
  const waited: number[] = []
  for (let count = 0; count < commands; count++) {
    const before = replica!.progress().known[0]!
    const had = answers
    polite.execute([put('polite', `${count}`)])
    await until('the polite one is answered', () => {
      for (const { refill } of floods) refill()
      return answers > had
    })
    waited.push(politeIndex - before)
  }
  return { waited, refused, executed }
}

const ownKeys = (client: number, at: number) => `${client}:${at % 50}`

describe('a client with one command at a time', () => {
  const tooMany = limits.connectionInFlightMax + 100
  const floods: readonly (readonly [string, Flood, overloaded: boolean])[] = [
    ['one client floods', { clients: 1, inFlight: tooMany, key: ownKeys }, true],
    ['five clients flood', { clients: 5, inFlight: tooMany, key: ownKeys }, true],
    ['five clients flood a key each', { clients: 5, inFlight: tooMany, key: client => `${client}` }, true],
    ['twenty clients fill the queue', { clients: 20, inFlight: 200, key: ownKeys }, false],
  ]
  for (const [what, flood, overloaded] of floods) {
    it(`waits for at most two batches when ${what} at the same replica`, async () => {
      const { waited, refused, executed } = await politeUnder(flood)
      expect(executed, 'the flood goes on').to.be.above(40 * limits.batchCommandsMax)
      if (overloaded) expect(refused.flood, 'beyond what it may have in flight').to.be.at.least(100 * flood.clients)
      else expect(refused.flood).to.equal(0)
      expect(refused.polite).to.equal(0)
      expect(Math.min(...waited)).to.be.above(0)
      expect(Math.max(...waited), waited.join()).to.be.at.most(2)
    })
  }
})
