import { expect } from 'chai'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { sessionWindow } from '../../machines/execution/client-table.ts'
import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { executeOne, firstResult } from '../support/session-messages.ts'
import { preAccept } from './support/rounds.ts'
import { type Connection, Table } from './support/table.ts'
import { decideWith, gossip, letGo, lettingGo, openSession } from './support/upkeep.ts'

const codec = createCodec(defaultLimits)
const told = (answer: ClientAnswer | undefined) => {
  const found = answer && firstResult(answer, codec)
  return found === undefined ? answer : found.result
}

describe('scenarios: a command of a session is applied once', () => {
  /** Three replicas, and a session that its client has opened at A; all know of it. */
  function opened(limits = {}) {
    const table = new Table(3, { ...lettingGo, ...limits })
    const { client, session } = openSession(table)
    /** The command with this number appends its number. */
    const command = (sequence: number, floor = 0): ClientRequest =>
      executeOne({
        request: 1 + sequence,
        payload: table.append(`${sequence}`),
        session,
        sequence,
        floor,
      })
    /** Proposed where the connection is, decided with `others`, and told to them. */
    const run = (at: Connection, others: string, ...numbers: Parameters<typeof command>) =>
      decideWith(table, at.at, others, table.request(at, command(...numbers))!)
    return { table, client, command, run }
  }

  it('B17: the client table lies in the snapshot: a retry after a restart has the first answer', () => {
    const { table, client, command, run } = opened()
    run(client, 'BC', 1)
    gossip(table, 'ABC')
    letGo(table, 'ABC')
    table.crash('B')
    table.restart('B')
    const other = table.connect('B')
    expect(table.request(other, command(1)), 'B knows the answer').to.equal(undefined)
    expect(told(other.answers[0])).to.equal(told(client.answers[1]))
    expect(table.log('B')).to.deep.equal(['1'])
  })

  it('a retry through another replica that has not heard of the first sending is applied once', () => {
    const { table, client, command } = opened()
    const first = table.request(client, command(1))!
    table.sync('A')
    preAccept(table, 'A>B', first)
    table.deliver('preAcceptOk', 'B>A', first)
    table.sync('A')
    table.drop('commit', 'A>*')
    const other = table.connect('C')
    const again = table.request(other, command(1))!
    table.sync('C')
    preAccept(table, 'C>B', again)
    table.deliver('preAcceptOk', 'B>C', again)
    table.giveUpFastPath('C')
    table.sync('C')
    table.deliver('accept', 'C>B', again)
    table.sync('B')
    table.deliver('acceptOk', 'B>C', again)
    table.sync('C')
    expect(other.answers, 'the first is not decided here').to.have.length(0)
    table.ask('A>C', {
      type: 'commit',
      id: first,
      cmd: table.record('A', first)!.cmd!,
      dep: table.record('A', first)!.dep,
    })
    expect(table.log('C'), 'applied once').to.deep.equal(['1'])
    expect(told(other.answers[0])).to.equal(told(client.answers[1]))
  })

  it('commands of one session that are in flight together are applied, whatever their order', () => {
    const { table, client, command, run } = opened()
    const first = table.request(client, command(1))!
    table.sync('A')
    const other = table.connect('B')
    run(other, 'C', 2)
    preAccept(table, 'A>C', first)
    table.deliver('preAcceptOk', 'C>A', first)
    table.giveUpFastPath('A')
    table.sync('A')
    table.deliver('accept', 'A>C', first)
    table.sync('C')
    table.deliver('acceptOk', 'C>A', first)
    table.sync('A')
    table.deliver('commit', 'A>C', first)
    expect(table.log('C'), 'the floor of both is 0').to.deep.equal(['2', '1'])
  })

  it('commands of one session conflict, whatever their keys: both write its row in the client table', () => {
    const { table, client, command, run } = opened()
    run(client, 'BC', 1)
    const session = { ...command(2), payload: table.append('2', 'other') }
    const id = table.request(client, session as ClientRequest)!
    expect(table.record('A', id)?.initDep[0], 'D0').to.equal(id.index - 1)
  })

  it('a command too far above its floor is refused, by all alike, and goes in once the floor has come after it', async () => {
    const { table, client, command, run } = opened()
    run(client, 'BC', 1)
    run(client, 'BC', sessionWindow + 1)
    expect(client.answers[2]).to.include({ type: 'refused', code: 'tooManyUnacknowledged' })
    for (const each of 'ABC') expect(table.log(each as 'A'), each).to.deep.equal(['1'])
    const other = table.connect('C')
    run(other, 'AB', sessionWindow + 1, 1)
    expect(other.answers[0]).to.include({ type: 'results' })
    for (const each of 'ABC') expect(table.log(each as 'A'), each).to.deep.equal(['1', `${sessionWindow + 1}`])
    table.request(client, command(sessionWindow + 1))
    expect(told(client.answers[3]), 'a retry of what was applied has its answer').to.equal(told(other.answers[0]))
  })

  /** Reads go as commands. */
  const readsInInstances = { readsWaitingMax: 0 }
  /** The message that reads the length of a log, as a command of this number. */
  const read = (session: string, sequence: number, key = 'k') =>
    executeOne({ request: 1 + sequence, payload: codec.encodeData([key, 'r', 'read']), session, sequence, floor: 0 })

  it('5.2: a read that is sent again reads again: nothing keeps its first answer', () => {
    const { table, client, run } = opened(readsInInstances)
    const { session } = client.answers[0] as ClientMessageOf<'sessionOpened'>
    decideWith(table, 'A', 'BC', table.request(client, read(session, 1))!)
    run(client, 'BC', 2)
    const again = table.request(client, read(session, 1))
    expect(again, 'it is proposed').to.not.equal(undefined)
    decideWith(table, 'A', 'BC', again!)
    expect(told(client.answers[1])).to.equal(0)
    expect(told(client.answers[3]), 'it sees what was written meanwhile').to.equal(1)
  })

  it('5.2: a read conflicts by its keys alone, and goes on when its session has ended', () => {
    const { table, client, run } = opened(readsInInstances)
    const { session } = client.answers[0] as ClientMessageOf<'sessionOpened'>
    run(client, 'BC', 1)
    const other = table.request(client, read(session, 2, 'other'))!
    expect(table.record('A', other)?.initDep, 'D0').to.eql([0, 0, 0])
    decideWith(table, 'A', 'BC', other)
    const late = table.connect('A')
    decideWith(table, 'A', 'BC', table.request(late, read('of nobody', 1))!)
    expect(told(late.answers[0])).to.equal(1)
  })

  it('an answer stays until the client says that it has it', () => {
    const { table, client, command, run } = opened()
    run(client, 'BC', 1)
    run(client, 'BC', 2)
    run(client, 'BC', 3, 1)
    const other = table.connect('C')
    table.request(other, command(2, 1))
    expect(told(other.answers[0]), 'the floor is 1').to.equal(told(client.answers[2]))
    run(other, 'AB', 1, 1)
    expect(other.answers[1]).to.include({ type: 'refused', code: 'outdated' })
    expect(table.log('C')).to.deep.equal(['1', '2', '3'])
  })
})
