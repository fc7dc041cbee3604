import { expect } from 'chai'
import type { Letter } from './support/letters.ts'
import { quietHeartbeat } from './support/quiet-heartbeat.ts'
import { finishRecovery, propose, proposeTo } from './support/rounds.ts'
import { Table } from './support/table.ts'

/** What every heartbeat of these schedules says beside the vote. */
const told = quietHeartbeat([0, 0, 0])

describe('scenarios: who is mute (section 4)', () => {
  /** Time passes at all of `who`, in step; they hear each other's heartbeats, and no flush ends. */
  function beat(table: Table, who: string, ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const each of who) table.pass(each as Letter, 100)
      table.deliverIfSent('heartbeat', `${who}>${who}`)
    }
  }

  it('L5 (input 30): what a replica coordinates whose flush hangs is recovered as soon as after a crash, though it is heard', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>B')
    table.drop('preAccept', 'A>*')
    // B has asked A twice meanwhile, and would do so again only at 1.4 s.
    beat(table, 'ABC', 700)
    // A's fast commit is in a flush that hangs.
    table.deliver('preAcceptOk', 'B>A', X)
    beat(table, 'ABC', 500)
    table.sync('B')
    expect(table.inFlight('recover', 'B>C', X), 'not yet').to.have.length(0)
    beat(table, 'ABC', 100)
    table.sync('B')
    expect(table.inFlight('recover', 'B>C', X)).to.have.length(1)
    expect(table.status('A').disk).to.equal('stalled')
    expect(table.status('B').links[1]).to.equal('mute')
    finishRecovery(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('command {}')
    // The flush ends: A is one of them again.
    table.sync('A')
    expect(table.status('A').disk).to.equal('ok')
    table.deliver('heartbeat', 'A>B')
    expect(table.status('B').links[1]).to.equal('live')
  })

  it('L5: nothing is sent again to who is mute, until it is mute no more', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    for (const each of ['B', 'C'] as const) table.ask(`${each}>A`, { ...told, canVote: true })
    table.ask('C>A', { ...told, canVote: false, mute: true })
    table.drop('preAccept', 'A>*', X)
    table.pass('A', 300)
    table.sync('A')
    expect(table.inFlight('preAccept', 'A>B', X)).to.not.have.length(0)
    expect(table.inFlight('preAccept', 'A>C', X), 'it could not answer').to.have.length(0)
    table.ask('C>A', { ...told, canVote: true })
    table.pass('A', 300)
    table.sync('A')
    expect(table.inFlight('preAccept', 'A>C', X)).to.not.have.length(0)
  })

  it('L5: commands are refused where so many are mute that nothing can be decided', () => {
    const table = new Table(3)
    const client = table.connect('A')
    const heard = (mute: boolean) => {
      for (const each of ['B', 'C'] as const)
        table.ask(`${each}>A`, { ...told, canVote: !mute, ...(mute ? { mute } : undefined) })
    }
    heard(true)
    const ask = (request: number) =>
      table.request(client, { type: 'propose', request, payload: table.append(`${request}`) })
    expect(ask(1), 'it waits').to.equal(undefined)
    for (let passed = 0; passed < 1_200; passed += 100) {
      table.pass('A', 100)
      heard(true)
    }
    expect(client.answers[0]).to.include({ type: 'refused', request: 1, code: 'notReady' })
    heard(false)
    expect(ask(2), 'it proposes again').to.not.equal(undefined)
  })
})
