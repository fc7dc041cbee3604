import { expect } from 'chai'
import { cyclesOf, readWiring } from './graph.ts'
import { crossings, edgesBetweenRooms, rooms } from './rooms.ts'

describe('wiring of a replica', () => {
  it('all parts are found, with whom they were given', () => {
    const { parts, doors } = readWiring()
    expect(parts.size).to.be.at.least(35)
    expect([...parts.get('durations')!]).to.eql([])
    expect([...parts.get('donors')!]).to.eql(['ledger', 'links'])
    // In functions that are called later, and through helpers of the wiring.
    expect([...parts.get('watch')!]).to.include.members(['donors', 'links', 'ledger'])
    expect([...parts.get('instances')!]).to.include.members(['reservation', 'own', 'ledger'])
    expect([...parts.get('flushes')!]).to.include('flushTimes')
    expect([...parts.get('report')!]).to.include.members(['ledger', 'state', 'outbox'])
    expect([...doors.get('timers')!]).to.eql(['timed'])
  })

  it('no cycle is larger than a pair, and the pair is one that is named', () => {
    expect(cyclesOf(readWiring().parts)).to.have.deep.members([
      // A flush that found no room is tried again by those who see to flushes that nobody waits for.
      ['flushTimes', 'flushes'],
    ])
  })

  it('finds a cycle where there is one', () => {
    const graph = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['a', 'd'])],
      ['d', new Set<string>()],
    ])
    expect(cyclesOf(graph)).to.eql([['a', 'b', 'c']])
  })

  it('rooms import those below them alone', () => {
    const rank = (room: string) => rooms.indexOf(room as (typeof rooms)[number])
    const edges = edgesBetweenRooms()
    expect(edges.length).to.be.at.least(10)
    for (const { from, to } of edges) {
      expect(rank(from), `${from} is a room`).to.be.at.least(0)
      expect(rank(from), `${from} imports ${to}`).to.be.above(rank(to))
      // It stands beside the others.
      if (from === 'client') expect(to).to.equal('shared')
    }
  })

  it('machines, actors, net and storage import what they may know, and never the package', () => {
    expect(crossings()).to.eql([])
  })
})
