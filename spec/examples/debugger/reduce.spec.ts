import { expect } from 'chai'
import { keyframe, newState } from '../../../examples/debugger/model/new-state.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import type { TraceEvent, TraceHeader } from '../../../examples/debugger/trace/format.ts'
import { recordedWorld } from './fixtures/read.ts'
import { hashOf } from './support/hash-of.ts'
import { recorded } from './support/recorded.ts'

const reduced = (header: TraceHeader, events: readonly TraceEvent[]) => events.reduce(reduce, newState(header))

describe('debugger: the reducer', () => {
  it('the same seed leads to the same state', () => {
    const [one, other] = [recorded(4), recorded(4)]
    expect(reduced(one.header, one.events)).to.deep.equal(reduced(other.header, other.events))
  })

  it('a keyframe stays as it is while the state goes on, and goes on by itself to the same', () => {
    const { header, events } = recordedWorld()
    const state = newState(header)
    const half = Math.floor(events.length / 2)
    for (const event of events.slice(0, half)) reduce(state, event)
    const kept = keyframe(state)
    for (const event of events.slice(half)) reduce(state, event)
    // The epoch says who owns what, and is no part of what is shown.
    expect(hashOf(kept)).to.equal(hashOf(reduced(header, events.slice(0, half))))
    for (const event of events.slice(half)) reduce(kept, event)
    expect(hashOf(kept)).to.equal(hashOf(state))
  })

  it('counts what the recorded world did', () => {
    const { header, events } = recordedWorld()
    const { totals, instances, replicas } = reduced(header, events)
    expect(totals).to.include({ fast: 51, slow: 30, found: 1, executed: 81, crashes: 3, lostEvents: 0 })
    expect(instances.size).to.equal(81)
    expect(replicas.map(({ isUp }) => isUp)).to.deep.equal([true, true, true])
    for (const event of events) if (event.kind === 'executed') expect(event.component).to.not.be.empty
  })

  it('in no state stand more instances than there are', () => {
    const { header, events } = recordedWorld()
    const state = newState(header)
    for (const event of events) {
      reduce(state, event)
      for (const byRank of Object.values(state.standing))
        for (const count of byRank) expect(count).to.be.within(0, state.instances.size)
    }
  })
})
