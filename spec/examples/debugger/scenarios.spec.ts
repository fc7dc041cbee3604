import { expect } from 'chai'
import { lacks } from '../../../examples/debugger/model/lacks.ts'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { whyBlocked } from '../../../examples/debugger/model/why-blocked.ts'
import { recordScenario } from '../../../examples/debugger/world/record-scenario.ts'
import { proposeTo } from '../../scenarios/support/rounds.ts'
import type { Table } from '../../scenarios/support/table.ts'
import { toldScenarios } from '../../scenarios/told/index.ts'

const opened = (n: 3 | 5, tell: (table: Table) => void): Timeline => {
  const { header, events } = recordScenario({ name: '', title: 'of a spec', n, tell })
  const timeline = new Timeline(header)
  timeline.append(events)
  return timeline
}

describe('debugger: scenarios as traces', () => {
  for (const told of toldScenarios)
    it(`${told.name} walks through itself: every caption stands where something has happened since the last`, () => {
      const { header, events } = recordScenario(told)
      const timeline = new Timeline(header)
      timeline.append(events)
      const captions = events.flatMap((event, at) => (event.kind === 'caption' ? [{ ...event, at }] : []))
      expect(captions.length).to.be.at.least(4)
      for (const [place, { at, text, about = [] }] of captions.entries()) {
        expect(text).to.match(/\.$/)
        expect(timeline.seek(at + 1).caption?.text).to.equal(text)
        for (const id of about) expect(timeline.state.instances.has(id), `${id} in: ${text}`).to.equal(true)
        if (place > 0) expect(at - captions[place - 1]!.at, text).to.be.above(1)
      }
      expect(timeline.seek(timeline.last).ended).to.include('ended as it says')
      expect(timeline.state.violations).to.deep.equal([])
    })

  it('N: while E waits, it says for whom; at the end both are Nops', () => {
    const { header, events } = recordScenario(toldScenarios.find(({ name }) => name === 'N')!)
    const timeline = new Timeline(header)
    timeline.append(events)
    const waits = events.findIndex(event => event.kind === 'stepped' && event.after.endsWith('/waiting'))
    const state = timeline.seek(waits + 1)
    expect(lacks(state, 5, '1.1').map(({ words }) => words)).to.include(
      'B.1 could contradict it, and is not decided here',
    )
    const end = timeline.seek(timeline.last)
    expect(['1.1', '2.1'].map(id => end.instances.get(id)?.decided?.cmd)).to.deep.equal(['nop', 'nop'])
  })
})

describe('debugger: why is this not executing?', () => {
  it('down to the root: a chain of dependencies, where its end stands, who is down, and what comes next', () => {
    const timeline = opened(5, table => {
      // B.1 is pre-accepted at A and C, and B dies; A.1 depends on it, A.2 on A.1.
      proposeTo(table, 'B>AC')
      table.crash('B')
      for (let count = 0; count < 2; count++) {
        const X = proposeTo(table, 'A>CDE')
        table.deliver('preAcceptOk', 'CDE>A', X)
        table.pass('A', 50)
        table.sync('A')
        table.deliverIfSent('accept', 'A>CDE', X)
        table.sync('CDE')
        table.deliverIfSent('acceptOk', 'CDE>A', X)
        table.sync('A')
      }
      table.pass('A', 300)
    })
    const { state } = timeline
    const { isBlocked, lines, chain, members } = whyBlocked(state, '1.2', 1)
    expect(isBlocked).to.equal(true)
    // The nearest that is not committed: A.2 depends on B.1 itself, too.
    expect(chain[0]).to.equal('1.2')
    expect(chain.at(-1)).to.equal('2.1')
    expect(members).to.include(2)
    expect(lines[0]).to.equal('A.2 is committed at A and waits for B.1, both on k (and for A.1).')
    expect(lines.at(-1)).to.match(/^B\.1 is pre-accepted at A, B and C; B is down for \d+ ms;/)
    expect(lines.at(-1)).to.match(/(A is recovering, which lacks|the next look at it by A, who may recover it,)/)
  })

  it('what is executed is not blocked; what nobody has a record of is said to be so', () => {
    const timeline = opened(3, table => {
      const X = proposeTo(table, 'A>B')
      table.deliver('preAcceptOk', 'B>A', X)
      table.sync('A')
    })
    expect(whyBlocked(timeline.state, '1.1', 1)).to.deep.include({ isBlocked: false, chain: [] })
    expect(whyBlocked(timeline.state, '1.1', 2).lines.join()).to.match(/^A\.1 is committed at A, pre-accepted at B/)
    expect(whyBlocked(timeline.state, '3.9', 1).lines.join()).to.match(/nobody that is seen here has a record of it/)
  })

  it('what each way on from preAccepting still lacks, and of whom', () => {
    const timeline = opened(5, table => {
      proposeTo(table, 'B>C')
      const X = proposeTo(table, 'A>C')
      table.deliver('preAcceptOk', 'C>A', X)
    })
    const [fast, slow] = lacks(timeline.state, 1, '1.1')
    expect(fast).to.deep.include({ from: 'preAccepting', to: 'committed', isImpossible: false, of: [2, 4, 5] })
    expect(fast!.words).to.equal('2 more preAcceptOk equal to {} of B, D or E')
    expect(slow!.words).to.equal('one more preAcceptOk of B, D or E')
  })
})
