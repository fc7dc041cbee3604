import { expect } from 'chai'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { ballotJumpMax } from '../../machines/protocol/ballots.ts'
import { type Command, NOP } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { preAccept, propose, proposeTo, recoverFrom } from './support/rounds.ts'
import { Table } from './support/table.ts'
import { execute } from './support/upkeep.ts'

const codec = createCodec(defaultLimits)
const limits = { indexWindowMax: 1_024 }
/** The most ids above the announced ones that may be named in the row of a live owner. */
const unannounced = 64
const far = 2 ** 50
const none = [0, 0, 0]
const idOf = (rank: number, index: number): InstanceId => ({ epoch: 1, rank, index })
const heartbeat: MessageOf<'heartbeat'> = {
  type: 'heartbeat',
  known: none,
  executed: none,
  canVote: true,
  inStep: true,
  raised: none,
  raisedFrom: 1,
}

/** A command of B on its way to A, not delivered. */
function proposed(table: Table): MessageOf<'preAccept'> {
  propose(table, 'B')
  const [found] = table.inFlight('preAccept', 'B>A')
  table.drop('preAccept', 'B>*')
  return found!.message
}

/** The code of the last rejection at A, and the number of all. */
const refusals = (table: Table) => {
  const { rejected, lastRejection } = table.status('A')
  return { rejected, code: lastRejection?.code }
}

/** A goes on: with C it decides a command of its own. */
function goesOn(table: Table): void {
  table.sync('A')
  table.ask('C>A', heartbeat)
  execute(table, 'A', 'C', 'elsewhere')
  expect(table.status('A').state).to.equal('voting')
}

describe('scenarios: what no honest peer says (section 7)', () => {
  const unsound: readonly (readonly [string, (cmd: Command) => Command])[] = [
    ['a payload of an unknown kind', cmd => ({ ...cmd, payloads: [codec.encodeData([99, 'x'])] })],
    ['bytes that do not decode', cmd => ({ ...cmd, payloads: [Uint8Array.of(0xc1)] })],
    ['a payload that is no list', cmd => ({ ...cmd, payloads: [codec.encodeData('x')] })],
    [
      'a session with more numbers than commands',
      cmd => ({ ...cmd, payloads: [codec.encodeData([8, 's', 0, [1], []])] }),
    ],
    [
      'a command that touches more than its footprint',
      cmd => ({ ...cmd, footprint: { reads: [], writes: ['other'] } }),
    ],
    ['a truncation far above all that is known', cmd => truncation(cmd, [far, 0, 0])],
  ]
  const truncation = (cmd: Command, floor: readonly number[]): Command => ({
    ...cmd,
    footprint: { reads: [], writes: ['\u0000floor'] },
    payloads: [codec.encodeData([7, floor])],
  })

  for (const [what, spoil] of unsound)
    it(`input 29, 7.1: ${what} is refused, and neither voted for nor stored`, () => {
      const table = new Table(3)
      const good = proposed(table)
      const { id, dep } = good
      const cmd = spoil(good.cmd)
      table.ask('B>A', { ...good, cmd })
      table.ask('B>A', { type: 'accept', id, bal: 0, cmd, dep })
      expect(refusals(table)).to.deep.equal({ rejected: 2, code: 'badValue' })
      table.sync('A')
      expect(table.record('A', id)).to.equal(undefined)
      expect([...table.inFlight('preAcceptOk', 'A>B'), ...table.inFlight('acceptOk', 'A>B')]).to.have.length(0)
      goesOn(table)
      table.ask('B>A', good)
      expect(table.record('A', id)?.phase, 'the true one is voted for').to.equal('preAccepted')
    })

  it('input 29, 7.1: one in a commit, a validate or a recoverOk is refused too', () => {
    const table = new Table(3)
    const good = proposed(table)
    const { id, dep } = good
    const cmd = unsound[0]![1](good.cmd)
    table.ask('B>A', { type: 'commit', id, cmd, dep })
    expect(table.record('A', id)).to.equal(undefined)
    recoverFrom(table, 'A', id, '')
    const bal = table.record('A', id)!.bal
    const vote = { type: 'recoverOk', id, bal, abal: 0, dep, initDep: dep } as const
    table.ask('C>A', { ...vote, cmd, phase: 'preAccepted' })
    table.ask('C>A', { ...vote, cmd: NOP, phase: 'preAccepted' })
    expect(refusals(table)).to.deep.equal({ rejected: 3, code: 'noCommand' })
    const validating = { type: 'validate', id, bal: 5, cmd, dep } as const
    table.ask('C>A', { type: 'recover', id, bal: 5 })
    table.ask('C>A', validating)
    expect(refusals(table)).to.deep.equal({ rejected: 4, code: 'badValue' })
    table.ask('C>A', { type: 'commit', id, cmd: NOP, dep: [0, 1, 0] })
    expect(refusals(table)).to.deep.equal({ rejected: 5, code: 'badValue' })
    goesOn(table)
  })

  it('input 29, 7.2: another decision for a committed id isolates its sender, and ends no replica', () => {
    const table = new Table(3)
    const X = execute(table, 'A', 'C')
    const { cmd, dep } = table.record('A', X)!
    const liesOf: readonly MessageOf<'commit'>[] = [
      { type: 'commit', id: X, cmd: NOP, dep: none },
      { type: 'commit', id: X, cmd: cmd!, dep: dep.with(2, 1) },
      { type: 'commit', id: X, cmd: unsoundPayload(cmd as Command), dep },
    ]
    liesOf.forEach((lie, at) => {
      table.ask('B>A', lie)
      expect(refusals(table), String(at)).to.deep.equal({ rejected: at + 1, code: 'contradiction' })
      const good = proposed(table)
      table.ask('B>A', good)
      expect(table.record('A', good.id), 'B is not heard').to.equal(undefined)
      goesOn(table)
      table.pass('A', 5_100)
      table.ask('B>A', good)
      expect(table.record('A', good.id)?.phase, 'B is heard again').to.equal('preAccepted')
    })
    expect(table.record('A', X)).to.deep.include({ phase: 'committed', dep })
  })

  it('input 29, 7.2: another payload for an id that is voted for isolates its sender', () => {
    const table = new Table(3)
    const good = proposed(table)
    table.ask('B>A', good)
    table.ask('B>A', { type: 'accept', id: good.id, bal: 0, cmd: unsoundPayload(good.cmd), dep: none })
    expect(refusals(table)).to.deep.equal({ rejected: 1, code: 'contradiction' })
    expect(table.record('A', good.id)).to.deep.include({ phase: 'preAccepted', cmd: good.cmd })
    goesOn(table)
  })

  const unsoundPayload = (cmd: Command): Command => ({
    ...cmd,
    payloads: [codec.encodeData([5, ['k', 'z', 'append']])],
  })

  it('input 29, 7.3: in a heartbeat the own row alone counts, and a part of the window at once', () => {
    const table = new Table(3, limits)
    table.ask('B>A', { ...heartbeat, known: [far, far, far] })
    expect(table.status('A').known).to.deep.equal([0, unannounced, 0])
    table.ask('B>A', { ...heartbeat, known: [far, far, far] })
    expect(table.status('A').known[1], 'no more at once, however many come').to.be.within(unannounced, unannounced + 2)
    for (let beats = 0; beats < 50; beats++) {
      table.pass('A', 100)
      table.ask('B>A', { ...heartbeat, known: [far, far, far] })
    }
    expect(table.status('A').known, 'the window ends it').to.deep.equal([0, limits.indexWindowMax, 0])
    goesOn(table)
  })

  it('input 29, 7.3: a barrier raises D0 up to what is decided here', () => {
    const table = new Table(3, limits)
    const X = execute(table, 'B', 'AC')
    table.ask('B>A', { ...heartbeat, known: [0, X.index, 0], barrier: far })
    const Y = propose(table, 'A', 'elsewhere')
    expect(table.record('A', Y)?.initDep).to.deep.equal([0, X.index, 0])
  })

  it('input 29, 7.3: dependencies beyond the window are refused, and those that a live owner has not announced', () => {
    const table = new Table(3, limits)
    const good = proposed(table)
    table.ask('B>A', { ...good, dep: [0, 0, limits.indexWindowMax + 1] })
    expect(refusals(table)).to.deep.equal({ rejected: 1, code: 'beyondWindow' })
    table.ask('C>A', { ...heartbeat, known: [0, 0, 3] })
    table.ask('B>A', { ...good, dep: [0, 0, 3 + unannounced + 1] })
    expect(refusals(table)).to.deep.equal({ rejected: 2, code: 'unannounced' })
    table.ask('B>A', { ...good, dep: [1 + unannounced, 0, 0] })
    expect(refusals(table), 'the own row: nothing was given away').to.deep.equal({ rejected: 3, code: 'unannounced' })
    expect(table.status('A').known).to.deep.equal([0, 0, 3])
    table.ask('B>A', { ...good, dep: [0, 0, 3 + unannounced] })
    expect(table.record('A', good.id)?.phase).to.equal('preAccepted')
  })

  it('input 29, 7.3: of an owner that is not heard the window counts: its commands may be known to one alone', () => {
    const table = new Table(3, limits)
    const good = proposed(table)
    for (let passed = 0; passed < 1_000; passed += 100) {
      table.pass('A', 100)
      table.ask('B>A', heartbeat)
    }
    expect(table.status('A').links[3]).to.equal('suspected')
    table.ask('B>A', { ...good, dep: [0, 0, limits.indexWindowMax] })
    expect(table.record('A', good.id)?.phase).to.equal('preAccepted')
    expect(table.status('A').known[2], 'not all of them at once').to.be.within(unannounced, 200)
    for (let passed = 0; passed < 5_000; passed += 100) table.pass('A', 100)
    expect(table.status('A').known[2], 'all of them are watched').to.equal(limits.indexWindowMax)
  })

  it('input 29, 7.3: an owner that skips many of its indices is let in once those before it are looked for', () => {
    const table = new Table(3, limits)
    const good = proposed(table)
    const skipped = { ...good, id: { ...good.id, index: 3 * unannounced } }
    table.ask('B>A', skipped)
    expect(refusals(table)).to.deep.equal({ rejected: 1, code: 'unannounced' })
    expect(table.status('A').known[1], 'some are watched').to.be.within(unannounced, 2 * unannounced)
    for (let passed = 0; passed < 1_000; passed += 100) table.pass('A', 100)
    table.ask('B>A', skipped)
    expect(table.record('A', skipped.id)?.phase).to.equal('preAccepted')
  })

  it('input 29, 7.3: votes and recoveries that name what is too far away are refused', () => {
    const table = new Table(3, limits)
    const X = propose(table, 'A')
    table.ask('B>A', { type: 'preAcceptOk', id: X, dep: [0, far, 0] })
    table.ask('C>A', { type: 'preAcceptOk', id: X, dep: [0, 0, far] })
    expect(refusals(table)).to.deep.equal({ rejected: 2, code: 'beyondWindow' })
    table.sync('A')
    preAccept(table, 'A>B', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X), 'the true vote counts').to.equal('command {}')
  })

  it('7.3: what another says of the id of a live owner counts as far as the owner has announced', () => {
    const table = new Table(3, limits)
    const X = execute(table, 'B', 'A')
    table.ask('B>A', { ...heartbeat, known: [0, X.index, 0] })
    const { uncommitted } = table.status('A')
    table.ask('C>A', { type: 'waiting', id: idOf(1, X.index + unannounced + 1), k: 1 })
    table.ask('C>A', { type: 'tryRecover', id: idOf(1, X.index + unannounced + 1) })
    table.ask('C>A', { type: 'recover', id: idOf(1, X.index + unannounced + 1), bal: 5 })
    expect(refusals(table)).to.deep.equal({ rejected: 3, code: 'unannounced' })
    expect(table.status('A').uncommitted).to.equal(uncommitted)
    table.ask('C>A', { type: 'waiting', id: idOf(1, X.index + unannounced), k: 1 })
    expect(refusals(table).rejected).to.equal(3)
  })

  it('7.5: stable of what its sender has not told as executed ends no attempt', () => {
    const table = new Table(3, limits)
    const X = propose(table, 'A')
    preAccept(table, 'A>B', X)
    table.ask('C>A', { type: 'stable', id: X })
    expect(refusals(table)).to.deep.equal({ rejected: 1, code: 'unannounced' })
    table.deliver('preAcceptOk', 'B>A')
    table.sync('A')
    expect(table.record('A', X)?.phase, 'the votes still count').to.equal('committed')
  })

  it('7.3: a reply to nobody is dropped, and its id is not heard of', () => {
    const table = new Table(3, limits)
    const id = idOf(2, 900)
    table.ask('B>A', { type: 'acceptOk', id, bal: 0 })
    table.ask('B>A', { type: 'preAcceptOk', id, dep: none })
    table.ask('B>A', { type: 'nack', id, bal: 7 })
    table.ask('B>A', { type: 'stable', id })
    expect(table.status('A').known).to.deep.equal(none)
  })

  it('7.4: a ballot that leaves none above it is refused, and a nack with one is believed in part', () => {
    const table = new Table(3)
    const X = idOf(1, 1)
    const highest = Number.MAX_SAFE_INTEGER
    const owned = highest - ((highest - 1) % 3)
    table.ask('B>A', { type: 'recover', id: X, bal: owned })
    expect(refusals(table)).to.deep.equal({ rejected: 1, code: 'beyondReason' })
    table.recover('A', X)
    table.sync('A')
    const { bal } = table.record('A', X)!
    table.ask('B>A', { type: 'nack', id: X, bal: owned })
    const heard = () => {
      table.pass('A', 100)
      table.ask('C>A', heartbeat)
      table.sync('A')
    }
    for (let passed = 0; passed < 10_000 && table.record('A', X)!.bal === bal; passed += 100) heard()
    expect(table.record('A', X)!.bal, 'it goes above, as far as may be believed').to.be.within(
      bal + ballotJumpMax,
      bal + ballotJumpMax + 3,
    )
  })

  it('7.6: who says that it has executed what nobody has decided holds it up for a while, not for ever', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'B>A')
    table.crash('B')
    const beat = () => {
      table.pass('A', 100)
      table.ask('C>A', { ...heartbeat, executed: [0, X.index, 0] })
      // Whenever it is asked for the commit, something else is decided, so that the fetch seems to be of use.
      execute(table, 'A', 'C', 'elsewhere')
      if (table.inFlight('fetch', 'A>C').length === 0) return
      table.drop('fetch', 'A>C')
      table.ask('C>A', { type: 'fetchEnd', upTo: none, floor: none })
    }
    for (let passed = 0; passed < 1_500; passed += 100) beat()
    expect(table.inFlight('recover', 'A>C', X), 'it may be fetched').to.have.length(0)
    for (let passed = 0; passed < 1_500; passed += 100) beat()
    expect(table.inFlight('recover', 'A>C', X)).to.not.have.length(0)
  })
})
