import { expect } from 'chai'
import { ReplicatedState } from '../../../actors/execution/replicated-state.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { StateMachine, TableStateMachine } from '../../../actors/shared/state-machine.ts'
import { StateMachineError } from '../../../actors/shared/user-state-machine.ts'
import { createTables } from '../../../actors/tables/create-tables.ts'
import { sessionWindow } from '../../../machines/execution/client-table.ts'
import { type Envelope, envelopes, footprintOf, noFootprint } from '../../../machines/protocol/envelope.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { checkpointOf, loadInto } from '../../support/states.ts'
import { userStateMachine } from '../support/user-state-machine.ts'

const codec = createCodec(defaultLimits)

/** Counts how often it was applied. */
function createCounter(): StateMachine<string, number> {
  let count = 0
  return {
    footprint: () => ({ reads: [], writes: ['k'] }),
    apply: () => ++count,
    snapshot: () => Uint8Array.of(count),
    restore: snapshot => {
      count = snapshot[0]!
    },
  }
}

function stateOf() {
  const used: string[] = []
  const state = new ReplicatedState(userStateMachine(createCounter(), codec), codec, name => used.push(name))
  const applyAll = (envelope: Envelope) => state.apply(state.decode(codec.encodeData(envelope)))
  const apply = (envelope: Envelope) => applyAll(envelope)[0]
  return { state, used, apply, applyAll }
}
const add = 'add'
/** What a checkpoint and a restart bring from one replica's state to another's. */
function giveState(to: ReplicatedState, from: ReplicatedState): void {
  from.save()
  loadInto(to.tables, checkpointOf(from.tables))
  to.loaded()
}
/** The outcome of a command with this result. */
const answer = (result: unknown) => ({ answer: codec.encodeData(result) })
const one = (session: string, sequence: number, floor: number) => envelopes.ofSession(session, floor, [sequence], [add])

describe('replicated state', () => {
  it('applies a command without a session as often as it comes', () => {
    const { apply } = stateOf()
    expect(apply(envelopes.command(add))).to.deep.equal(answer(1))
    expect(apply(envelopes.command(add))).to.deep.equal(answer(2))
  })

  it('applies a command of a session once, and answers it as the first time', () => {
    const { state, used, apply } = stateOf()
    expect(apply(envelopes.open('s'))).to.deep.equal({ result: 's' })
    expect(apply(one('s', 1, 0))).to.deep.equal(answer(1))
    expect(apply(one('s', 2, 0))).to.deep.equal(answer(2))
    expect(apply(one('s', 1, 0))).to.deep.equal(answer(1))
    expect(state.look('s', 2, 0)).to.deep.equal({ standing: 'answered', result: codec.encodeData(2) })
    expect(used).to.deep.equal(['s', 's', 's', 's'])
  })

  it('applies the commands of a payload in their order, and those of earlier versions', () => {
    const { state, apply, applyAll } = stateOf()
    apply(envelopes.open('s'))
    expect(applyAll(envelopes.ofSession('s', 0, [1, 2, 1], [add, add, add]))).to.deep.equal([
      answer(1),
      answer(2),
      answer(1),
    ])
    expect(applyAll(envelopes.ofSession('t', 0, [1, 2], [add, add])).map(each => 'refused' in each)).to.eql([
      true,
      true,
    ])
    const earlier = (...envelope: readonly unknown[]) => state.apply(state.decode(codec.encodeData(envelope)))
    expect(earlier(0, codec.encodeData(add))).to.deep.equal([answer(3)])
    expect(earlier(1, codec.encodeData(add), 's', 3, 2)).to.deep.equal([answer(4)])
    expect(earlier(6, 's', 4, 2, add)).to.deep.equal([answer(5)])
    expect(earlier(6, 's', 4, 2, add), 'once').to.deep.equal([answer(5)])
  })

  it('applies nothing of a session that is no more, or that the client has given up', () => {
    const { apply, used } = stateOf()
    expect(apply(one('s', 1, 0))).to.include({ refused: 'sessionExpired' })
    expect(used).to.deep.equal([])
    apply(envelopes.open('s'))
    apply(one('s', 3, 2))
    expect(apply(one('s', 2, 0))).to.include({ refused: 'outdated' })
    expect(apply(envelopes.expire('s', 2)), 'it was used since').to.deep.equal({ result: false })
    expect(apply(envelopes.expire('s', 3))).to.deep.equal({ result: true })
    expect(apply(one('s', 4, 2))).to.include({ refused: 'sessionExpired' })
    expect(apply(envelopes.command(add)), 'applied once before').to.deep.equal(answer(2))
  })

  it('applies nothing that is too far above what its client has taken, and counts that as a use', () => {
    const { apply, used, state } = stateOf()
    apply(envelopes.open('s'))
    const before = state.digest()
    const refused = apply(one('s', sessionWindow + 1, 0))
    expect(refused).to.include({ refused: 'tooManyUnacknowledged' })
    expect(refused).to.have.property('reason').that.includes(`more than ${sessionWindow} above its floor, 0`)
    expect(state.digest(), 'nothing is left of it').to.equal(before)
    expect(used).to.deep.equal(['s', 's'])
    expect(apply(one('s', sessionWindow + 1, 1))).to.deep.equal(answer(1))
  })

  it('stops at a kind of payload that it does not know: others may execute it', () => {
    const { state } = stateOf()
    expect(() => state.apply(state.decode(codec.encodeData([9, 'newer'])))).to.throw(InvariantError, 'found 9')
  })

  it('has state and sessions in its checkpoint; equal ones have equal digests (B17)', () => {
    const [first, second, third] = [stateOf(), stateOf(), stateOf()]
    for (const { apply } of [first, second]) {
      apply(envelopes.open('s'))
      apply(one('s', 1, 0))
    }
    expect(first.state.digest()).to.equal(second.state.digest())
    third.apply(envelopes.open('another'))
    giveState(third.state, first.state)
    expect(third.state.digest()).to.equal(first.state.digest())
    expect(third.used, 'its idle time begins here and now').to.deep.equal(['another', 's'])
    expect(third.apply(one('s', 1, 0))).to.deep.equal(answer(1))
    expect(third.apply(one('s', 2, 0))).to.deep.equal(answer(2))
    expect(third.state.look('another', 1, 0)).to.deep.equal({ standing: 'expired' })
  })

  it('names the session among what a command writes', () => {
    const own = { reads: ['r'], writes: ['k'] }
    expect(footprintOf(envelopes.command(add), own)).to.equal(own)
    const touched = [envelopes.open('s'), one('s', 1, 0), envelopes.expire('s', 1)].map(
      envelope => footprintOf(envelope, noFootprint).writes,
    )
    expect(touched[0]).to.have.length(1)
    expect(touched[1]).to.deep.equal(touched[0])
    expect(touched[2]).to.deep.equal(touched[0])
    expect(footprintOf(envelopes.open('t'), noFootprint).writes).to.not.deep.equal(touched[0])
    expect(footprintOf(one('s', 1, 0), own)).to.deep.equal({
      reads: ['r'],
      writes: ['k', ...(touched[0] as string[])],
    })
    const all = { reads: [], writes: 'all' } as const
    expect(footprintOf(one('s', 1, 0), all)).to.equal(all)
  })
})

describe('the replicated state in tables', () => {
  const machineWithTables = () => {
    const tables = createTables()
    const sums = tables.data<number>('sums')
    let replaced = 0
    const machine: TableStateMachine<number, number> = {
      tables,
      footprint: () => ({ reads: [], writes: ['sum'] }),
      apply(by) {
        sums.set('sum', (sums.get('sum') ?? 0) + by)
        return sums.get('sum')!
      },
      replaced: () => {
        replaced++
      },
      migrate: snapshot => sums.set('sum', snapshot.length),
    }
    const state = new ReplicatedState(userStateMachine(machine, codec), codec, () => undefined)
    return { state, tables, replaced: () => replaced }
  }
  const earlier = codec.encodeDeep({
    state: new Uint8Array(7),
    clients: [['s', 0, 1, [[1, codec.encodeData(4)]]]],
    answers: 'encoded',
  })

  it('is in checkpoints with its sessions, and goes on from them (B17)', () => {
    const { state } = machineWithTables()
    state.apply(envelopes.open('s'))
    state.apply(envelopes.open('ends'))
    state.apply(envelopes.ofSession('s', 0, [1], [5]))
    state.save()
    state.apply(envelopes.expire('ends', 0))
    const other = machineWithTables()
    giveState(other.state, state)
    expect(other.replaced()).to.equal(1)
    expect(other.state.digest()).to.equal(state.digest())
    expect([...other.state.clients.sessions]).to.deep.equal(['s'])
    expect(other.state.apply(envelopes.ofSession('s', 0, [1, 2], [5, 5]))).to.deep.equal([answer(5), answer(10)])
  })

  it('has a digest with sessions, and one of the state machine alone', () => {
    const [one, other] = [machineWithTables().state, machineWithTables().state]
    for (const state of [one, other]) state.apply(envelopes.command(1))
    one.apply(envelopes.open('s'))
    expect(one.digestOfStateMachine()).to.equal(other.digestOfStateMachine())
    expect(one.digest()).not.to.equal(other.digest())
    other.apply(envelopes.open('s'))
    expect(one.digest()).to.equal(other.digest())
    other.apply(envelopes.command(1))
    expect(one.digestOfStateMachine()).not.to.equal(other.digestOfStateMachine())
  })

  it('takes a snapshot from before there were tables', () => {
    const { state } = machineWithTables()
    state.apply(envelopes.command(1))
    state.migrate(earlier)
    expect(state.apply(envelopes.ofSession('s', 0, [1, 2], [1, 1]))).to.deep.equal([answer(4), answer(8)])
  })

  it('refuses state machines with tables and a snapshot, with neither, or whose tables are of another make', () => {
    const tables = createTables()
    const methods = { footprint: () => ({ reads: [], writes: [] }), apply: () => 1 }
    const snapshots = { snapshot: () => new Uint8Array(), restore: () => undefined }
    const make = (machine: object) => () =>
      new ReplicatedState(userStateMachine(machine as TableStateMachine<number, number>, codec), codec, () => undefined)
    expect(make({ ...methods, ...snapshots })).not.to.throw()
    expect(make({ ...methods, tables })).not.to.throw()
    expect(make({ ...methods, tables, ...snapshots })).to.throw(StateMachineError, 'with tables')
    expect(make(methods)).to.throw(StateMachineError, 'snapshot')
    expect(make({ ...methods, tables: {} })).to.throw(StateMachineError, 'createTables')
    expect(make({ ...methods, tables, migrate: async () => undefined })).to.throw(StateMachineError, 'async')
    const without = new ReplicatedState(
      userStateMachine({ ...methods, tables: createTables() }, codec),
      codec,
      () => undefined,
    )
    expect(() => without.migrate(earlier)).to.throw(StateMachineError, 'no migrate')
  })
})
