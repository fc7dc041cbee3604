import { expect } from 'chai'
import { DivergenceError } from '../../../actors/execution/comparison.ts'
import { Execution, type ExecutionPorts } from '../../../actors/execution/execution.ts'
import type { Proposal } from '../../../actors/execution/proposal.ts'
import { Retirement } from '../../../actors/records/retirement.ts'
import { Counters } from '../../../actors/shared/counters.ts'
import { type Command, NOP } from '../../../machines/protocol/commands.ts'
import { type Envelope, envelopes } from '../../../machines/protocol/envelope.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import { idOf, ledgerOf, put } from '../support/ledger.ts'

const none = [0, 0, 0]
/** A command of payloads that are names. */
const commandOf = (names: readonly string[]): Command => ({ footprint: put('k'), payloads: names.map(encodeData) })

/** The execution of rank 0 of three, of commands that are their names, and what each that was proposed was told. */
function setUp(apply: (name: unknown) => void, diverges = false) {
  const { ledger } = ledgerOf(3)
  const told: string[] = []
  const ports = {
    membership: ledger.membership,
    state: {
      decode: (payload: Uint8Array) => envelopes.command(decodeData(payload)),
      apply: ([, name]: Envelope) => {
        apply(name)
        return [name === 'point' ? { result: null, isPoint: true } : { answer: new Uint8Array(0) }]
      },
    },
    tap: undefined,
    ledger,
    retirement: new Retirement(),
    counters: new Counters(),
    stateWatch: { wrote: () => undefined, replace: () => undefined },
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
      return { payload: encodeData(name), proposals: [proposal] }
    }
    execution.proposed(id, names.map(payloadOf))
    return id
  }
  const commit = (id: ReturnType<typeof idOf>, ...names: string[]) => {
    execution.learnt(id, commandOf(names))
    execution.committed(id, commandOf(names), none)
  }
  const proposeAndCommit = (...names: string[]) => commit(proposed(1, ...names), ...names)
  return { execution, told, proposed, commit, proposeAndCommit }
}

describe('execution: everyone who proposed is told once', () => {
  it('where a payload cannot be executed, those before it were answered, it and those behind it are abandoned', () => {
    const { execution, told, proposeAndCommit } = setUp(name => {
      if (name === 'bad') throw new Error('of an unknown kind')
    })
    proposeAndCommit('a', 'bad', 'c')
    expect(() => execution.run()).to.throw('cannot be executed')
    for (const proposal of execution.abandon()) proposal.abandoned()
    expect(told).to.eql(['a executed', 'bad abandoned', 'c abandoned'])
    expect(execution.abandon()).to.eql([])
  })

  it('where a point shows another state, all of its instance are answered before the replica ends', () => {
    const { execution, told, proposeAndCommit } = setUp(() => undefined, true)
    proposeAndCommit('x', 'point', 'y')
    expect(() => execution.run()).to.throw(DivergenceError)
    expect(told).to.eql(['x executed', 'point executed', 'y executed'])
    expect(execution.abandon()).to.eql([])
  })

  it('4.7: who was decided Nop in a run that throws is not lost', () => {
    const { execution, proposed, commit } = setUp(() => {
      throw new Error('of an unknown kind')
    })
    execution.committed(proposed(1, 'mine'), NOP, none)
    commit(idOf(1, 1), 'of another')
    expect(() => execution.run()).to.throw('cannot be executed')
    expect(execution.abandon()).to.eql([])
    expect(execution.takeResubmitted()).to.have.length(1)
    expect(execution.takeResubmitted()).to.eql([])
  })
})
