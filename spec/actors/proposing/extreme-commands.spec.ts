import { expect } from 'chai'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const codec = createCodec(defaultLimits)
const { payloadBytesMax, keyBytesMax, footprintKeysMax } = defaultLimits

interface Extreme {
  readonly footprint?: Footprint
  readonly stamped?: (command: unknown) => unknown
  readonly resultOf?: (command: unknown) => unknown
  readonly limits?: Partial<Limits>
}

const machineOf = ({ footprint, stamped, resultOf }: Extreme): StateMachine<unknown, unknown> => ({
  footprint: () => footprint ?? { reads: [], writes: ['k'] },
  apply: command => (resultOf === undefined ? 'done' : resultOf(command)),
  ...(stamped === undefined ? undefined : { stamped }),
  snapshot: () => new Uint8Array(1),
  restore: () => undefined,
})

/** What a client hears of one command, in a session or not, and how its replicas are afterwards. */
async function asked(command: unknown, isInSession: boolean, extreme: Extreme = {}) {
  const { replicas, until, pass } = await memoryCluster({
    stateMachine: () => machineOf(extreme),
    ...(extreme.limits === undefined ? undefined : { limits: extreme.limits }),
  })
  const answers: ClientAnswer[] = []
  let isCutOff = false
  const client = replicas[0]!.connected({
    // As on a real connection: what breaks a bound cannot be sent.
    send: some => {
      codec.encodeClientMessages(some)
      answers.push(...some)
    },
    close: () => {
      isCutOff = true
    },
  })
  client.requests([{ type: 'openSession', request: 1 }])
  const opened = () => answers.find(answer => answer.type === 'sessionOpened')
  await until('the session is open', () => opened() !== undefined)
  const session = opened()!.session
  const payload = codec.encodeData(command)
  const before = answers.length
  client.requests([
    isInSession
      ? { type: 'execute', request: 2, session, floor: 0, sequences: [1], lengths: [payload.length], commands: payload }
      : { type: 'propose', request: 2, payload },
  ])
  await until('it is answered', () => isCutOff || answers.length > before)
  await pass(1_000)
  const answer = answers[before]
  return {
    answer: answer === undefined ? 'cut off' : answer.type === 'refused' ? answer.code : 'executed',
    states: [...new Set(replicas.map(({ state }) => state))],
  }
}

for (const [isInSession, where] of [
  [true, 'in a session'],
  [false, 'without a session'],
] as const) {
  describe(`an extreme command ${where} stops no replica`, () => {
    const outcome = async (command: unknown, extreme?: Extreme) => {
      const { answer, states } = await asked(command, isInSession, extreme)
      expect(states).to.eql(['voting'])
      return answer
    }
    const bytesOf = (length: number) => new Uint8Array(length - 5)

    it('as large as its payload may be, for its envelope would not fit', async () => {
      expect(codec.encodeData(bytesOf(payloadBytesMax)).length).to.equal(payloadBytesMax)
      expect(await outcome(bytesOf(payloadBytesMax))).to.equal('tooLarge')
      expect(await outcome(bytesOf(payloadBytesMax - keyBytesMax - 64)), 'the largest').to.equal('executed')
    })

    it('that grows too large when it is stamped', async () => {
      const stamped = () => bytesOf(payloadBytesMax)
      expect(await outcome('small', { stamped })).to.equal('tooLarge')
    })

    it('with as many keys as a footprint may have, for one is the key of its session', async () => {
      const keys = (count: number): Extreme => ({
        footprint: { reads: [], writes: Array.from({ length: count }, (_, at) => `${at}`) },
      })
      expect(await outcome('keys', keys(footprintKeysMax))).to.equal('tooLarge')
      expect(await outcome('keys', keys(footprintKeysMax - 1)), 'the most').to.equal('executed')
    })

    it('whose result fits into no message: its client learns that, and is not cut off', async () => {
      expect(await outcome('large', { resultOf: () => bytesOf(payloadBytesMax + 1) })).to.equal('outdated')
      expect(await outcome('large', { resultOf: () => bytesOf(payloadBytesMax) })).to.equal('executed')
    })

    it('whose result is as deep as plain data may be, in snapshots too', async () => {
      let deep: unknown = 1
      for (let depth = 0; depth < 64; depth++) deep = [deep]
      const limits = { snapshotCommands: 1, digestIntervalMs: 200 }
      expect(await outcome(deep, { resultOf: command => command, limits })).to.equal('executed')
    })

    it('input 8: whose result is no plain data', async () => {
      for (const result of [undefined, new Date(0), 1n, () => 1])
        expect(await outcome('none', { resultOf: () => result })).to.equal('applyFailed')
    })
  })
}
