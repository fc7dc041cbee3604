import { expect } from 'chai'
import { defaultLimits } from '../../actors/shared/limits.ts'
import type { ClientAnswer, ClientRequest } from '../../machines/protocol/client-messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { apart, executeOne, firstResult } from '../support/session-messages.ts'
import { type Connection, Table } from './support/table.ts'
import { checkpoint, decideWith, lettingGo, openSession } from './support/upkeep.ts'

const codec = createCodec(defaultLimits)
const told = (answer: ClientAnswer | undefined) => {
  if (answer?.type === 'refused') return answer.code
  return answer && firstResult(answer, codec)?.result
}

/** Three replicas, and a session that its client has opened at A. */
function opened() {
  const table = new Table(3, lettingGo)
  const { client, session } = openSession(table)
  const command = (name: string, sequence: number): ClientRequest =>
    executeOne({ request: 1 + sequence, payload: table.append(name), session, sequence, floor: 0 })
  const run = (at: Connection, name: string, sequence: number) =>
    decideWith(table, at.at, at.at === 'A' ? 'BC' : 'AC', table.request(at, command(name, sequence))!)
  return { table, client, command, run, answers: (at: Connection) => at.answers.flatMap(apart).map(told) }
}

describe('scenarios: the state machine throws', () => {
  it('failing command: executed everywhere, with what it changed before, and what follows is executed', () => {
    const { table, client, run, answers } = opened()
    run(client, '!bad', 1)
    run(client, 'good', 2)
    expect(answers(client).slice(1)).to.deep.equal(['applyFailed', 2])
    for (const at of ['A', 'B', 'C'] as const) expect(table.log(at)).to.deep.equal(['!bad', 'good'])
  })

  it('failing command: a restart executes it again as it was, and goes on', () => {
    const { table, client, run } = opened()
    run(client, '!bad', 1)
    checkpoint(table, 'B')
    table.crash('B')
    table.restart('B')
    expect(table.log('B')).to.deep.equal(['!bad'])
    run(client, 'good', 2)
    expect(table.log('B')).to.deep.equal(['!bad', 'good'])
  })

  it('failing command: a retry through another replica fails again, and changes nothing', () => {
    const { table, client, command, run, answers } = opened()
    run(client, '!bad', 1)
    const other = table.connect('B')
    expect(table.request(other, command('!bad', 1)), 'B knows the answer').to.equal(undefined)
    expect(answers(other)).to.deep.equal(['applyFailed'])
    expect(table.log('B')).to.deep.equal(['!bad'])
  })

  it('failing command: a result that the state machine changes later stays what it was, for retries too', () => {
    const { table, client, command, run, answers } = opened()
    run(client, '@one', 1)
    run(client, '@two', 2)
    expect(answers(client).slice(1)).to.deep.equal([['@one'], ['@one', '@two']])
    const other = table.connect('B')
    for (const [name, sequence] of [
      ['@one', 1],
      ['@two', 2],
    ] as const)
      expect(table.request(other, command(name, sequence))).to.equal(undefined)
    expect(answers(other)).to.deep.equal([['@one'], ['@one', '@two']])
  })
})
