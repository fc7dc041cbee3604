import { expect } from 'chai'
import {
  live,
  preAccept,
  propose,
  proposeTo,
  proposeUnheard,
  recoverFrom,
  recoverWith,
  takeSlowPath,
} from './support/rounds.ts'
import { Table } from './support/table.ts'

describe('scenarios: who is answered, and with what', () => {
  it('3.6: a repeated preAccept is answered with the commit', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    const late = table.inFlight('preAccept', 'A>C', X)
    preAccept(table, 'A>B', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    table.deliver('commit', 'A>C', X)
    table.repeat(late)
    table.sync('C')
    expect(table.inFlight('preAcceptOk', 'C>A', X), 'no vote for what is committed').to.have.length(0)
    table.deliver('commit', 'C>A', X)
  })

  it('3.6: a validate is answered with the commit', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>B')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    recoverFrom(table, 'C', X, 'B')
    table.deliver('commit', 'A>B', X)
    table.deliver('validate', 'C>B', X)
    table.sync('B')
    expect(table.inFlight('validateOk', 'B>C', X), 'no vote for what is committed').to.have.length(0)
    table.deliver('commit', 'B>C', X)
    expect(table.record('C', X)?.phase).to.equal('committed')
  })

  it('4.7: a command that was decided Nop goes out under a new id, and its client is answered once', () => {
    const table = new Table(3)
    const client = table.connect('A')
    const X = table.request(client, { type: 'propose', request: 1, payload: table.append('once') })!
    table.sync('A')
    table.drop('preAccept', 'A>*', X)
    recoverWith(table, 'B', X, 'C')
    expect(table.decided(X)).to.equal('Nop')
    table.deliver('commit', 'B>A', X)
    table.sync('A')
    const again = { ...X, index: X.index + 1 }
    preAccept(table, 'A>B', again)
    table.deliver('preAcceptOk', 'B>A', again)
    table.sync('A')
    expect(table.decided(again)).to.match(/^command/)
    expect(table.log('A')).to.deep.equal(['once'])
    expect(client.answers).to.have.length(1)
    expect(table.status('A').resubmitted).to.equal(1)
  })

  it('4: a coordinator that is not answered sends its preAccept again', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    table.drop('preAccept', 'A>*')
    table.pass('A', 400)
    table.sync('A')
    expect(table.inFlight('recover', 'A>*'), 'it does not recover').to.have.length(0)
    preAccept(table, 'A>B', X)
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('7: at ballot 0 nobody but the initial coordinator proposes', () => {
    const table = new Table(3)
    const X = proposeTo(table, 'A>B')
    table.ask('C>B', { type: 'accept', id: X, bal: 0, cmd: 'nop', dep: [0, 0, 0] })
    table.sync('B')
    expect(table.record('B', X)?.phase, 'C does not own ballot 0').to.equal('preAccepted')
    table.deliver('preAcceptOk', 'B>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {}')
    table.drop('commit', 'A>*')
    table.crash('A')
    recoverWith(table, 'C', X, 'B')
    expect(table.decided(X)).to.equal('command {}')
  })

  it('7: a laggard rejects what lies beyond its window, fetches, and is in step again', () => {
    const table = new Table(3, { indexWindowMax: 4 })
    for (let count = 0; count < 5; count++) {
      const id = proposeTo(table, 'B>C')
      table.deliver('preAcceptOk', 'C>B', id)
      table.sync('B')
      table.drop('preAccept', 'B>A')
      table.deliver('commit', 'B>C', id)
      table.drop('commit', 'B>A')
    }
    const X = propose(table, 'B')
    const beyond = table.inFlight('preAccept', 'B>A', X)
    table.deliver('preAccept', 'B>A', X)
    table.sync('A')
    expect(table.record('A', X), 'it is beyond the window').to.equal(undefined)
    expect(table.inFlight('heartbeat', 'A>B'), 'both compare their vectors').to.not.have.length(0)
    live(table, 'ABC', 400)
    table.deliver('fetch', 'A>*')
    table.sync('BC')
    table.deliver('commit', '*>A')
    expect(table.log('A')).to.deep.equal(table.log('B'))
    table.repeat(beyond)
    table.sync('A')
    expect(table.record('A', X)?.phase).to.equal('preAccepted')
  })

  it('7: a heartbeat tells of no own index that a crash can undo', () => {
    const table = new Table(3)
    table.submit('A')
    table.pass('A', 100)
    const [heartbeat] = table.inFlight('heartbeat', 'A>B').slice(-1)
    expect(heartbeat?.message.known, 'A.1 is not on disk').to.deep.equal([0, 0, 0])
    table.sync('A')
    table.pass('A', 100)
    const [later] = table.inFlight('heartbeat', 'A>B').slice(-1)
    expect(later?.message.known).to.deep.equal([1, 0, 0])
  })

  it('8: what is not committed is not given to who fetches', () => {
    const table = new Table(3)
    const X = propose(table, 'A')
    table.drop('preAccept', 'A>*')
    table.ask('B>A', { type: 'fetch', from: [0, 0, 0], to: [1, 0, 0] })
    table.sync('A')
    table.deliver('fetchEnd', 'A>B')
    table.deliverIfSent('commit', 'A>B', X)
    expect(table.record('B', X), 'A has nothing to give').to.equal(undefined)
    expect(table.decided(X)).to.equal(undefined)
  })

  it('7: a repeated accept is answered again, from the record', () => {
    const table = new Table(3)
    proposeUnheard(table, 'C')
    const X = proposeTo(table, 'A>C')
    takeSlowPath(table, 'C>A', X)
    const accepts = table.inFlight('accept', 'A>C', X)
    table.deliver('accept', 'A>C', X)
    table.sync('C')
    table.drop('acceptOk', 'C>A', X)
    table.repeat(accepts)
    table.sync('C')
    table.deliver('acceptOk', 'C>A', X)
    table.sync('A')
    expect(table.decided(X)).to.equal('command {C.1}')
  })
})
