import { expect } from 'chai'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import type { Envelope } from './support/flight.ts'
import type { Letter } from './support/letters.ts'
import { quietHeartbeat } from './support/quiet-heartbeat.ts'
import {
  accept,
  finishRecovery,
  live,
  preAccept,
  propose,
  proposeTo,
  proposeUnheard,
  takeSlowPath,
  talk,
} from './support/rounds.ts'
import { Table } from './support/table.ts'
import { execute } from './support/upkeep.ts'

/** n = 5: X of A is known everywhere, and A is dead. */
function orphan() {
  const table = new Table(5)
  const X = proposeTo(table, 'A>BCDE')
  table.drop('preAcceptOk', '*>*')
  table.crash('A')
  return { table, X }
}

/** `to` hears that `donor` has executed so much for long, and has asked it for all that. */
function fetchFrom(table: Table, donor: Letter, to: Letter, executed: Dependencies): void {
  const none = executed.map(() => 0)
  for (let beats = 0; beats < 3; beats++) {
    table.ask(`${donor}>${to}`, {
      type: 'heartbeat',
      known: executed,
      executed,
      canVote: true,
      inStep: true,
      raised: none,
      raisedFrom: 1,
    })
    table.pass(to, 100)
  }
  table.sync(to)
  expect(table.inFlight('fetch', `${to}>${donor}`)).to.not.have.length(0)
}

describe('scenarios: who recovers, and when', () => {
  it('B14: one recovers what a dead coordinator has left, and the others ask it to', () => {
    const { table, X } = orphan()
    live(table, 'BCDE', 800)
    expect(table.inFlight('recover', 'B>C', X)).to.not.have.length(0)
    expect(table.inFlight('recover', 'CDE>*', X), 'nobody but B').to.have.length(0)
    finishRecovery(table, 'B', X, 'CD')
    expect(table.decided(X)).to.equal('command {}')
  })

  /** n = 5: A is heard, and answers nothing about X. B leads a recovery, and C, D and E have promised its ballot. */
  function ledByB() {
    const table = new Table(5)
    const X = proposeTo(table, 'A>BCDE')
    table.drop('preAcceptOk', '*>*')
    table.recover('B', X)
    table.sync('B')
    table.deliver('recover', 'B>CDE', X)
    table.sync('CDE')
    return { table, X }
  }

  it('L7 (B14): who has asked in vain does not outbid a live replica that leads', () => {
    const { table, X } = ledByB()
    live(table, 'ABCDE', 5_000)
    expect(table.inFlight('tryRecover', 'C>A', X), 'A was asked').to.have.length(3)
    expect(table.inFlight('recover', 'CDE>*', X)).to.have.length(0)
  })

  it('L7: it leaves it to that one for a while, and not for ever', () => {
    const { table, X } = ledByB()
    live(table, 'ABCDE', 15_000)
    expect(table.inFlight('recover', 'CDE>*', X)).to.not.have.length(0)
  })

  it('L7: and not to one that is gone', () => {
    const { table, X } = ledByB()
    table.crash('B')
    live(table, 'ACDE', 5_000)
    expect(table.inFlight('recover', 'CDE>*', X)).to.not.have.length(0)
  })

  it('section 4: who leads as many recoveries as it may begins no more for being asked to', () => {
    const table = new Table(5, { recoveriesMax: 1 })
    const ids = [proposeTo(table, 'A>BCDE'), proposeTo(table, 'A>BCDE')]
    const [X, Y] = ids as [(typeof ids)[number], (typeof ids)[number]]
    table.drop('preAcceptOk', '*>*')
    table.crash('A')
    for (const id of [X, Y, X]) table.ask('C>B', { type: 'tryRecover', id })
    table.sync('B')
    expect(table.inFlight('recover', 'B>C', X)).to.not.have.length(0)
    expect(table.inFlight('recover', 'B>C', Y), 'it comes up in its turn').to.have.length(0)
    finishRecovery(table, 'B', X, 'CD')
    expect(table.decided(X)).to.equal('command {}')
    table.ask('C>B', { type: 'tryRecover', id: Y })
    table.sync('B')
    expect(table.inFlight('recover', 'B>C', Y), 'there is room').to.not.have.length(0)
  })

  it('section 4: who hears too few refuses commands after a while: they were never proposed, and may go elsewhere', () => {
    const table = new Table(3)
    const client = table.connect('A')
    table.pass('A', 1_000)
    const ask = (request: number) =>
      table.request(client, { type: 'propose', request, payload: table.append(`${request}`) })
    expect(ask(1), 'it waits').to.equal(undefined)
    expect(client.answers).to.have.length(0)
    table.pass('A', 1_000)
    expect(client.answers[0]).to.include({ type: 'refused', request: 1, code: 'notReady' })
    ask(2)
    expect(client.answers[1], 'at once').to.include({ type: 'refused', request: 2, code: 'notReady' })
    live(table, 'AC', 300)
    expect(table.inFlight('preAccept', 'A>C'), 'nothing of it is left').to.have.length(0)
    expect(ask(3), 'it proposes again').to.not.equal(undefined)
  })

  it('L4: who cannot vote is not asked, though its heartbeats come', () => {
    const { table, X } = orphan()
    table.crash('B')
    for (let passed = 0; passed < 800; passed += 100) {
      const mute = { ...quietHeartbeat([0, 0, 0, 0, 0]), canVote: false }
      for (const at of ['C', 'D', 'E'] as const) table.ask(`B>${at}`, mute)
      live(table, 'CDE', 100)
    }
    expect(table.inFlight('tryRecover', '*>B', X), 'nobody asks B').to.have.length(0)
    expect(table.inFlight('recover', 'C>D', X), 'C leads').to.not.have.length(0)
    expect(table.inFlight('recover', 'DE>*', X)).to.have.length(0)
    finishRecovery(table, 'C', X, 'DE')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('L1: the coordinator recovers once its own ballot has moved, and proposes its command anew', async () => {
    const table = new Table(3)
    const X = proposeUnheard(table, 'A')
    table.recover('B', X)
    table.sync('B')
    table.deliver('recover', 'B>A', X)
    table.sync('A')
    table.drop('recoverOk', 'A>*')
    table.crash('B')
    live(table, 'AC', 1_000)
    expect(table.inFlight('recover', 'A>C', X), 'A recovers').to.not.have.length(0)
    finishRecovery(table, 'A', X, 'C')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('preAccept', 'A>C')
    table.sync('C')
    table.deliver('preAcceptOk', 'C>A')
    table.sync('A')
    expect(await table.answers()).to.have.length(1)
  })

  it('L3: a recoverer that is refused does not start again at once', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>BC')
    table.drop('preAcceptOk', '*>*')
    table.crash('A')
    table.restart('A')
    table.recover('C', X)
    table.recover('B', X)
    table.sync('BC')
    table.deliver('recover', 'C>A', X)
    table.sync('A')
    table.deliver('recover', 'B>A', X)
    table.sync('A')
    const before = table.record('B', X)!.bal
    table.deliver('nack', 'A>B', X)
    table.pass('B', 50)
    table.sync('B')
    expect(table.record('B', X)!.bal, 'it lets the higher one finish').to.equal(before)
    finishRecovery(table, 'C', X, 'A')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('commit', 'C>B', X)
    table.pass('B', 5_000)
    expect(table.record('B', X)!.phase).to.equal('committed')
  })

  it('L4: who hears nobody says that it could lead nothing, though its own heartbeats arrive', () => {
    const table = new Table(3)
    table.pass('A', 100)
    expect(table.inFlight('heartbeat', 'A>B').at(-1)!.message.canVote).to.equal(true)
    table.pass('A', 1_000)
    expect(table.inFlight('heartbeat', 'A>B').at(-1)!.message.canVote).to.equal(false)
  })

  it('L4: what a replica leaves that can lead nothing any more is due after the recovery delay, as if it were silent', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    preAccept(table, 'A>BC', X)
    table.drop('preAcceptOk', '*>*')
    const beat = quietHeartbeat([1, 0, 0])
    // The delays have grown meanwhile: A is asked again only in some seconds.
    for (let passed = 0; passed < 1_000; passed += 100) {
      table.ask('A>B', { ...beat, canVote: true })
      live(table, 'BC', 100)
    }
    expect(table.inFlight('recover', 'B>C', X)).to.have.length(0)
    table.ask('A>B', { ...beat, canVote: false })
    table.pass('B', 160)
    table.sync('B')
    expect(table.inFlight('recover', 'B>C', X)).to.not.have.length(0)
  })

  it('B14: who hears too few to decide anything outbids nobody', () => {
    const table = new Table(5)
    const heartbeats = { ...quietHeartbeat([0, 0, 0, 0, 0]), canVote: true }
    // Silence from all but B, which depends on an instance of C that A has not seen.
    propose(table, 'B')
    const [{ message: preAccept }] = table.inFlight('preAccept', 'B>A') as [Envelope<MessageOf<'preAccept'>>]
    table.ask('B>A', { ...preAccept, dep: [0, 0, 1, 0, 0] })
    for (let passed = 0; passed < 3_000; passed += 100) {
      table.pass('A', 100)
      table.ask('B>A', heartbeats)
      table.sync('A')
    }
    expect(table.inFlight('recover', 'A>*')).to.have.length(0)
    for (const from of ['C', 'D', 'E'] as const) table.ask(`${from}>A`, heartbeats)
    table.pass('A', 4_000)
    table.sync('A')
    expect(
      table.inFlight('tryRecover', 'A>C').length + table.inFlight('recover', 'A>C').length,
      'it acts again',
    ).to.be.above(0)
  })

  it('section 4: who hears too few to decide anything lets its commands wait, and proposes them when it hears enough', () => {
    const table = new Table(3)
    table.pass('A', 1_000)
    expect(() => table.submit('A'), 'they would become Nops').to.throw('proposed nothing')
    live(table, 'AC', 300)
    expect(table.inFlight('preAccept', 'A>C'), 'it proposes now').to.not.have.length(0)
  })

  it('section 7: what lies beyond the index window is looked for once the window has moved', () => {
    const table = new Table(5, { indexWindowMax: 4 })
    const ids = Array.from({ length: 4 }, () => execute(table, 'A', 'CE'))
    // A.5 and A.6 are known to nobody else; Y of C depends on them, by A's vote. D knows nothing of A.
    proposeUnheard(table, 'A')
    const last = proposeUnheard(table, 'A')
    const Y = propose(table, 'C')
    preAccept(table, 'C>AD', Y)
    takeSlowPath(table, 'AD>C', Y)
    table.deliver('accept', 'C>D', Y)
    table.sync('D')
    expect(table.record('D', Y)?.phase, 'A.6 is beyond its window').to.equal('preAccepted')
    expect(table.status('D').lastRejection?.code).to.equal('beyondWindow')
    accept(table, 'C', 'AE', Y)
    expect(table.record('C', Y)?.dep[0]).to.equal(last.index)
    // B and D fetch, and Y comes first.
    for (const to of 'BD') {
      const commits = [Y, ...ids].map(id => {
        const { cmd, dep } = table.record('C', id)!
        return { type: 'commit', id, cmd: cmd!, dep } as const
      })
      table.ask(`C>${to}`, commits[0]!)
      expect(table.record(to as Letter, Y)?.phase, 'nobody was asked for it').to.not.equal('committed')
      fetchFrom(table, 'C', to as Letter, [4, 0, 1, 0, 0])
      for (const commit of commits) table.ask(`C>${to}`, commit)
      expect(table.record(to as Letter, Y)?.phase, 'it has asked for it').to.equal('committed')
    }
    table.sync('BD')
    table.crash('AC')
    // E, who does not fetch Y, tells nobody of them.
    talk(table, 'BDE', 6_000, 'E')
    expect(table.decided(last)).to.equal('Nop')
    expect(['B', 'D'].map(at => table.log(at as Letter).length)).to.deep.equal([5, 5])
  })
})
