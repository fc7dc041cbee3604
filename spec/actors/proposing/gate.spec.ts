import { expect } from 'chai'
import { Gate, type GatePorts } from '../../../actors/proposing/gate.ts'
import { Life } from '../../../actors/shared/life.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'

/** The gate of a replica for which everything is as it should be, but for what the spec changes. */
function setUp() {
  const life = new Life()
  life.changed('voting', true, undefined)
  const state = { waiting: 1, inFlight: 0, hearsQuorum: true, ahead: 1, holds: false, asked: 0 }
  const told: string[] = []
  const ports = {
    self: 0,
    limits: { ...defaultLimits, indexWindowMax: 100, ownInFlightMax: 4 },
    life,
    ledger: { known: [0], distance: () => state.ahead },
    links: {
      get hearsQuorum() {
        return state.hearsQuorum
      },
    },
    proposals: {
      get length() {
        return state.waiting
      },
      get inFlight() {
        return state.inFlight
      },
    },
    tap: { gateChanged: (verdict: string, waiting: number) => told.push(`${verdict} ${waiting}`) },
    pace: {
      holds: () => {
        state.asked++
        return state.holds
      },
    },
  }
  return { gate: new Gate(ports as unknown as GatePorts), life, state, told }
}

describe('gate of proposing', () => {
  it('is open where a command waits and nothing is in the way, and keeps its last answer', () => {
    const { gate } = setUp()
    expect(gate.latest).to.equal('notVoting')
    expect(gate.ask()).to.equal('open')
    expect(gate.latest).to.equal('open')
  })

  it('says which one thing is in the way', () => {
    const cases = [
      ['nothingWaits', { waiting: 0 }],
      ['noQuorum', { hearsQuorum: false }],
      ['windowFull', { ahead: 51 }],
      ['gathering', { holds: true }],
      ['inFlight', { inFlight: 4 }],
    ] as const
    for (const [verdict, change] of cases) {
      const { gate, state } = setUp()
      Object.assign(state, change)
      expect(gate.ask(), verdict).to.equal(verdict)
    }
    const { gate, life } = setUp()
    life.changed('draining', false, undefined)
    expect(gate.ask()).to.equal('notVoting')
  })

  it('tells the tap once for each change that a turn leaves', () => {
    const { gate, state, told } = setUp()
    state.hearsQuorum = false
    gate.ask()
    gate.turnEnded()
    gate.ask()
    gate.turnEnded()
    state.hearsQuorum = true
    gate.ask()
    state.waiting = 0
    gate.ask()
    gate.turnEnded()
    expect(told).to.eql(['noQuorum 1', 'nothingWaits 0'])
  })

  it('half a window ahead is still open', () => {
    const { gate, state } = setUp()
    state.ahead = 50
    expect(gate.ask()).to.equal('open')
  })

  it('asks the pace, which sets an alarm, only where a command could leave otherwise', () => {
    const { gate, state } = setUp()
    state.hearsQuorum = false
    gate.ask()
    expect(state.asked).to.equal(0)
    state.hearsQuorum = true
    gate.ask()
    expect(state.asked).to.equal(1)
  })

  it('what waits and cannot be taken is on keys that are busy', () => {
    const { gate, state } = setUp()
    gate.ask()
    gate.tookNothing()
    expect(gate.latest).to.equal('inFlight')
    state.waiting = 0
    gate.tookNothing()
    expect(gate.latest).to.equal('nothingWaits')
  })
})
