import { expect } from 'chai'
import { defaultLimits } from '../../actors/shared/limits.ts'
import type { ClientRequest } from '../../machines/protocol/client-messages.ts'
import { NOP } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { executeOne, firstResult } from '../support/session-messages.ts'
import type { Letter } from './support/letters.ts'
import type { LogCommand } from './support/log-machine.ts'
import { preAccept, propose, proposeTo } from './support/rounds.ts'
import { type AwaitedRead, Table } from './support/table.ts'
import { decideWith, execute, openSession } from './support/upkeep.ts'

const codec = createCodec(defaultLimits)

describe('scenarios: reads by quorum (section 5a)', () => {
  /** B is asked for the round that runs at `at`, and its answer comes. */
  function askB(table: Table, at: Letter): void {
    table.deliver('readAsk', `${at}>B`)
    table.deliver('readSeen', `B>${at}`)
  }

  /** What the client has; promises are heard a moment later. */
  async function told(read: AwaitedRead): Promise<unknown> {
    for (let moment = 0; moment < 4; moment++) await Promise.resolve()
    return read.value
  }

  /** w of A on `key` is committed by A and B, executed at A, and answered; nobody else has heard of the commit. */
  function answeredByA(table: Table, key?: string): InstanceId {
    const w = propose(table, 'A', key)
    preAccept(table, 'A>B', w)
    table.deliver('preAcceptOk', 'B>A', w)
    table.sync('A')
    expect(table.decided(w)).to.equal('command {}')
    return w
  }

  it('5a: one round trip, without an instance, a record or a flush', async () => {
    const table = new Table(3)
    execute(table, 'A', 'BC')
    const read = table.read('C')
    expect(await told(read), 'the own answer is none').to.equal(undefined)
    askB(table, 'C')
    expect(await told(read)).to.equal(1)
    expect(table.status('C')).to.include({ reads: 1, readRounds: 1, readsAsCommands: 0, committed: 1 })
  })

  it('QR1: a write that was answered is seen, though nobody who answers has heard of its commit', async () => {
    const table = new Table(3)
    const w = answeredByA(table)
    const read = table.read('C')
    expect(await told(read), 'the own answer is none').to.equal(undefined)
    askB(table, 'C')
    expect(await told(read), 'B has voted for w').to.equal(undefined)
    table.deliver('commit', 'A>C', w)
    expect(await told(read)).to.equal(1)
  })

  it('QR1: a write under way of which the payload is known is awaited', async () => {
    const table = new Table(3)
    const w = answeredByA(table)
    preAccept(table, 'A>C', w)
    const read = table.read('C')
    askB(table, 'C')
    expect(await told(read)).to.equal(undefined)
    table.deliver('commit', 'A>C', w)
    expect(await told(read)).to.equal(1)
  })

  it('the status says what reads wait for: answers, a payload, an execution', () => {
    const table = new Table(3)
    const waiting = () => {
      const { count, verdict, awaits, unanswered } = table.status('C').readsWaiting
      return [count, verdict, awaits && `${awaits.member}.${awaits.index}`, unanswered]
    }
    expect(waiting()).to.deep.equal([0, 'nothingWaits', undefined, []])
    const w = answeredByA(table)
    table.read('C')
    expect(waiting()).to.deep.equal([1, 'roundUnderWay', undefined, [1, 2]])
    askB(table, 'C')
    expect(waiting()).to.deep.equal([1, 'unknownPayload', '1.1', []])
    preAccept(table, 'A>C', w)
    expect(waiting()).to.deep.equal([1, 'unsettled', '1.1', []])
    table.deliver('commit', 'A>C', w)
    expect(waiting()).to.deep.equal([0, 'nothingWaits', undefined, []])
  })

  it('5a.3: a write of another key is awaited by nobody once its payload is known', async () => {
    const table = new Table(3)
    const w = proposeTo(table, 'A>BC')
    const other = proposeTo(table, 'A>BC')
    table.drop('preAcceptOk', '*>A')
    const elsewhere = table.read('C', 'elsewhere')
    const here = table.read('C')
    table.deliver('readAsk', 'C>B')
    table.deliver('readSeen', 'B>C')
    expect(await told(elsewhere)).to.equal(0)
    expect(await told(here)).to.equal(undefined)
    expect([w.index, other.index]).to.deep.equal([1, 2])
  })

  it('QR2: several keys are not read at one moment after the answers', async () => {
    const table = new Table(3)
    const read = table.read('C', 'all')
    table.deliver('readAsk', 'C>B')
    const w1 = answeredByA(table, 'p')
    const w2 = answeredByA(table, 'q')
    table.deliver('commit', 'A>C', w2)
    table.deliver('readSeen', 'B>C')
    expect(await told(read), 'with w2 and without w1 it would be no state that ever was').to.equal(undefined)
    askB(table, 'C')
    table.deliver('commit', 'A>C', w1)
    askB(table, 'C')
    expect(await told(read)).to.have.length(2)
    expect(table.status('C')).to.include({ readsOvertaken: 2, readRounds: 3 })
  })

  it('QR3: what may not be told yet is not read', async () => {
    const table = new Table(3, { reservedIndices: 4 })
    execute(table, 'A', 'BC', 'elsewhere')
    const X = table.submit('A')
    preAccept(table, 'A>B', X)
    table.deliver('preAcceptOk', 'B>A', X)
    expect(table.record('A', X)?.phase, 'in memory').to.equal('committed')
    const read = table.read('A')
    askB(table, 'A')
    expect(await told(read)).to.equal(undefined)
    table.syncOnce('A')
    expect(await told(read)).to.equal(1)
  })

  it('QR4: an answer to a round of an earlier life counts for nothing', async () => {
    const table = new Table(3)
    table.greet('C>B')
    table.read('C')
    table.deliver('readAsk', 'C>B')
    table.crash('C')
    table.restart('C')
    const w = answeredByA(table)
    const read = table.read('C')
    table.deliver('readSeen', 'B>C')
    expect(await told(read), 'that was asked before w').to.equal(undefined)
    askB(table, 'C')
    table.deliver('commit', 'A>C', w)
    expect(await told(read)).to.equal(1)
  })

  it('QR5: who answers after a restart has its index again', async () => {
    const table = new Table(3)
    const w = answeredByA(table)
    table.crash('B')
    table.restart('B')
    const read = table.read('C')
    askB(table, 'C')
    expect(await told(read)).to.equal(undefined)
    table.deliver('commit', 'A>C', w)
    expect(await told(read)).to.equal(1)
  })

  it('QR7: every id of a row is awaited, not only the highest', async () => {
    const table = new Table(3)
    const w = answeredByA(table)
    const nop = propose(table, 'A')
    preAccept(table, 'A>B', nop)
    table.ask('B>C', { type: 'commit', id: nop, cmd: NOP, dep: [0, 0, 0] })
    const read = table.read('C')
    askB(table, 'C')
    expect(await told(read), 'below the Nop lies w').to.equal(undefined)
    table.deliver('commit', 'A>C', w)
    expect(await told(read)).to.equal(1)
  })

  it('QR8: what is executed after the state was read does not settle it', async () => {
    const table = new Table(3)
    const w = answeredByA(table)
    const read = table.read('C', 'all')
    askB(table, 'C')
    expect(await told(read)).to.equal(undefined)
    table.deliver('commit', 'A>C', w)
    expect(await told(read), 'the state that was read lacks w').to.equal(undefined)
    askB(table, 'C')
    expect(await told(read)).to.have.length(1)
  })

  it('5a.5: a read of all keys that three writes overtake goes as a command', async () => {
    const table = new Table(3)
    table.read('C', 'all')
    for (let round = 0; round < 3; round++) {
      const w = answeredByA(table, `key ${round}`)
      table.deliver('commit', 'A>C', w)
      askB(table, 'C')
    }
    expect(table.status('C')).to.include({ reads: 0, readsAsCommands: 1 })
  })
})

describe('scenarios: reads by quorum of one client (rule 5a.7)', () => {
  /** A session at A, and its requests: it appends to a log, and reads its length. */
  function opened() {
    const table = new Table(3)
    const { client, session } = openSession(table)
    const command = (sequence: number, name: LogCommand[1], kind: LogCommand[2]): ClientRequest =>
      executeOne({
        request: 1 + sequence,
        payload: codec.encodeData(['k', name, kind] satisfies LogCommand),
        session,
        sequence,
        floor: 0,
      })
    const answers = () =>
      client.answers
        .slice(1)
        .flatMap(answer =>
          answer.type === 'results' ? [[answer.requests[0], firstResult(answer, codec)?.result]] : [],
        )
    const askB = () => {
      table.deliverIfSent('readAsk', 'A>B')
      table.deliverIfSent('readSeen', 'B>A')
    }
    return { table, client, command, answers, askB }
  }

  it('QR6: a read behind a write of its key sees it', () => {
    const { table, client, command, answers, askB } = opened()
    const write = table.request(client, command(1, 'w', 'append'))!
    const read = table.request(client, command(2, '', 'read'))
    askB()
    expect(answers(), 'nothing is decided').to.deep.equal([])
    decideWith(table, 'A', 'B', write)
    if (read !== undefined) decideWith(table, 'A', 'B', read)
    askB()
    expect(answers()).to.deep.equal([
      [2, 1],
      [3, 1],
    ])
  })

  it('QR6, the other way round: a write behind a read of its key is not seen by it', () => {
    const { table, client, command, answers, askB } = opened()
    expect(table.request(client, command(1, '', 'read')), 'it needs no instance').to.equal(undefined)
    const early = table.request(client, command(2, 'w', 'append'))
    expect(table.status('A').heldByReads).to.equal(1)
    if (early !== undefined) decideWith(table, 'A', 'B', early)
    askB()
    expect(answers()[0]).to.deep.equal([2, 0])
    expect(table.status('A').heldByReads).to.equal(0)
  })

  it('5a.8: what is lost is asked again, and where nobody answers the read goes as a command', () => {
    const { table, client, command, answers, askB } = opened()
    table.request(client, command(1, '', 'read'))
    table.drop('readAsk', 'A>*')
    table.pass('A', 300)
    askB()
    expect(answers()).to.deep.equal([[2, 0]])
    table.request(client, command(2, '', 'read'))
    for (let time = 0; time < 12; time++) {
      table.pass('A', 100)
      table.tell('BC')
      table.deliver('heartbeat', 'BC>A')
      table.drop('readAsk', 'A>*')
    }
    expect(table.status('A')).to.include({ reads: 1, readsAsCommands: 1 })
    expect(table.inFlight('preAccept', 'A>B')).to.have.length(0)
    table.sync('A')
    expect(table.inFlight('preAccept', 'A>B'), 'as an ordinary command').to.not.have.length(0)
  })
})
