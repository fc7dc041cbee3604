import { expect } from 'chai'
import { DivergenceError } from '../../../actors/execution/comparison.ts'
import { Execution, type ExecutionPorts } from '../../../actors/execution/execution.ts'
import type { Proposal } from '../../../actors/execution/proposal.ts'
import { Retirement } from '../../../actors/records/retirement.ts'
import { Counters } from '../../../actors/shared/counters.ts'
import { type Command, NOP } from '../../../machines/protocol/commands.ts'
import { type Envelope, envelopes } from '../../../machines/protocol/envelope.ts'
import { idOf, ledgerOf, put } from '../support/ledger.ts'

const none = [0, 0, 0]
const commandOf = (payloads: number): Command => ({
  footprint: put('k'),
  payloads: Array.from({ length: payloads }, () => new Uint8Array(1)),
})

/** The execution of rank 0 of three, of commands that are their names, and what each that was proposed was told. */
function setUp(apply: (name: unknown) => void, diverges = false) {
  const { ledger } = ledgerOf(3)
  const told: string[] = []
  const ports = {
    membership: ledger.membership,
    state: {
      decode: () => envelopes.command('of another'),
      apply: ([, name]: Envelope) => {
        apply(name)
        return [name === 'point' ? { result: null, isPoint: true } : { result: name }]
      },
    },
    payloadCheck: { take: () => undefined },
    tap: undefined,
    ledger,
    retirement: new Retirement(),
    counters: new Counters(),
    comparison: { reached: () => (diverges ? new DivergenceError('another state') : undefined) },
  }
  const execution = new Execution(ports as unknown as ExecutionPorts)
  const proposed = (index: number, ...names: string[]) => {
    const id = idOf(0, index)
    const payloadOf = (name: string) => {
      const proposal = {
        executed: () => told.push(`${name} executed`),
        dropped: () => told.push(`${name} dropped`),
        abandoned: () => told.push(`${name} abandoned`),
      } as unknown as Proposal
      return { payload: new Uint8Array(1), envelope: envelopes.command(name), proposals: [proposal] }
    }
    execution.proposed(id, names.map(payloadOf))
    return id
  }
  const commit = (id: ReturnType<typeof idOf>, payloads: number) => {
    execution.learnt(id, commandOf(payloads))
    execution.committed(id, commandOf(payloads), none)
  }
  return { execution, told, proposed, commit }
}

describe('execution: everyone who proposed is told once', () => {
  it('where a command throws, those before it were answered, it and those behind it are abandoned', () => {
    const { execution, told, proposed, commit } = setUp(name => {
      if (name === 'bad') throw new Error('a mistake of the state machine')
    })
    commit(proposed(1, 'a', 'bad', 'c'), 3)
    expect(() => execution.run()).to.throw('the state machine threw')
    for (const proposal of execution.abandon()) proposal.abandoned()
    expect(told).to.eql(['a executed', 'bad abandoned', 'c abandoned'])
    expect(execution.abandon()).to.eql([])
  })

  it('where a point shows another state, all of its instance are answered before the replica ends', () => {
    const { execution, told, proposed, commit } = setUp(() => undefined, true)
    commit(proposed(1, 'x', 'point', 'y'), 3)
    expect(() => execution.run()).to.throw(DivergenceError)
    expect(told).to.eql(['x executed', 'point executed', 'y executed'])
    expect(execution.abandon()).to.eql([])
  })

  it('4.7: who was decided Nop in a run that throws is not lost', () => {
    const { execution, proposed, commit } = setUp(() => {
      throw new Error('a mistake of the state machine')
    })
    execution.committed(proposed(1, 'mine'), NOP, none)
    commit(idOf(1, 1), 1)
    expect(() => execution.run()).to.throw('the state machine threw')
    expect(execution.abandon()).to.eql([])
    expect(execution.takeResubmitted()).to.have.length(1)
    expect(execution.takeResubmitted()).to.eql([])
  })
})
