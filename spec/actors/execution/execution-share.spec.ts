import { expect } from 'chai'
import { Execution, type ExecutionPorts } from '../../../actors/execution/execution.ts'
import { ExecutionShare } from '../../../actors/execution/execution-share.ts'
import { Retirement } from '../../../actors/records/retirement.ts'
import { Counters } from '../../../actors/shared/counters.ts'
import { executing } from '../../../actors/state/rebuild.ts'
import { type Command, NOP } from '../../../machines/protocol/commands.ts'
import { idOf, ledgerOf, put } from '../support/ledger.ts'

const none = [0, 0, 0]

/** The execution of rank 0 of three, of payloads that hold one command for each of their bytes. */
function setUp() {
  const { ledger } = ledgerOf(3)
  const applied: number[] = []
  const execution = new Execution({
    membership: ledger.membership,
    state: {
      decode: (payload: Uint8Array) => payload.length,
      apply: (commands: number) => {
        applied.push(commands)
        return new Array(commands).fill({ answer: new Uint8Array(0) })
      },
    },
    tap: undefined,
    ledger,
    retirement: new Retirement(),
    counters: new Counters(),
    stateWatch: { wrote: () => undefined, replace: () => undefined },
    comparison: { reached: () => undefined },
  } as unknown as ExecutionPorts)
  /** Commits an instance of one key with so many commands. */
  const commit = (rank: number, index: number, commands: number, dep = none): void => {
    const command: Command = { footprint: put(`${rank}`), payloads: [new Uint8Array(commands)] }
    const id = idOf(rank, index)
    execution.learnt(id, command)
    execution.committed(id, command, dep)
  }
  return { execution, applied, commit }
}

const shareOf = (bounds: { instances?: number; commands?: number; bytes?: number }): ExecutionShare =>
  new ExecutionShare({ instances: 1_000, commands: 1_000, bytes: 1_000_000, ...bounds })

describe('execution: a share of what is ready', () => {
  it('a turn ends with the instance that reaches its commands, however many are ready, and the rest follows', () => {
    const { execution, applied, commit } = setUp()
    for (let index = 1; index <= 7; index++) commit(1, index, 100)
    execution.run(shareOf({ commands: 250 }))
    expect([applied.length, execution.hasMore]).to.deep.equal([3, true])
    execution.run(shareOf({ commands: 250 }))
    execution.run(shareOf({ commands: 250 }))
    expect([applied.length, execution.hasMore]).to.deep.equal([7, false])
  })

  it('likewise with their bytes, and with instances that have no commands', () => {
    const { execution, applied, commit } = setUp()
    for (let index = 1; index <= 4; index++) commit(1, index, 100)
    execution.run(shareOf({ bytes: 150 }))
    expect(applied).to.deep.equal([100, 100])
    execution.run()
    for (let index = 5; index <= 9; index++) execution.committed(idOf(1, index), NOP, none)
    execution.run(shareOf({ instances: 2 }))
    expect([execution.count, execution.hasMore]).to.deep.equal([6, true])
  })

  it('the pieces of one turn use one share', () => {
    const { execution, applied, commit } = setUp()
    const share = shareOf({ commands: 250 })
    for (let index = 1; index <= 7; index++) {
      commit(1, index, 100)
      execution.run(share)
    }
    expect([applied.length, execution.hasMore]).to.deep.equal([3, true])
  })

  it('a component is never divided', () => {
    const { execution, applied, commit } = setUp()
    const command: Command = { footprint: put('k'), payloads: [new Uint8Array(100)] }
    const [a, b] = [idOf(0, 1), idOf(2, 1)]
    for (const id of [a, b]) execution.learnt(id, command)
    execution.committed(a, command, [0, 0, 1])
    execution.committed(b, command, [1, 0, 0])
    commit(1, 1, 100)
    execution.run(shareOf({ commands: 1 }))
    expect(applied.length).to.equal(2)
  })

  it('a restart executes what its records have in shares, with pauses', () => {
    const { execution, applied, commit } = setUp()
    for (let index = 1; index <= 500; index++) commit(1, index, 100)
    let most = 0
    let pauses = 0
    for (let before = 0, run = executing(execution); run.next().done !== true; before = applied.length) {
      pauses++
      most = Math.max(most, applied.length - before)
    }
    expect(applied.length).to.equal(500)
    expect(most).to.be.at.most(3)
    expect(pauses).to.be.at.least(100)
  })
})
