import { expect } from 'chai'
import { newState } from '../../../examples/debugger/model/new-state.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import { stuck } from '../../../examples/debugger/model/stuck.ts'
import { whyBlocked } from '../../../examples/debugger/model/why-blocked.ts'
import type { TraceEvent } from '../../../examples/debugger/trace/format.ts'
import { recordedWorld } from './fixtures/read.ts'

const { header } = recordedWorld()
const preAccept = (ms: number, at: number, id: string): TraceEvent => ({
  kind: 'stepped',
  ms,
  at,
  id,
  event: 'preAccept',
  before: 'initial/following',
  after: 'preAccepted/following',
})
const stateAfter = (...events: readonly TraceEvent[]) => events.reduce(reduce, newState(header))

describe('debugger: who waits too long', () => {
  it('names those that are not executed where replicas run, the oldest first, at their coordinator', () => {
    const state = stateAfter(preAccept(0, 1, '1.1'), preAccept(400, 2, '2.1'), preAccept(1_000, 1, '1.2'))
    expect(stuck(state, 500, 9)).to.deep.equal([
      { id: '1.1', at: 1, forMs: 1_000 },
      { id: '2.1', at: 2, forMs: 600 },
    ])
    expect(stuck(state, 500, 1)).to.have.length(1)
    expect(stuck(reduce(state, { kind: 'executed', ms: 1_000, at: 1, component: ['1.1'] }), 500, 9)).to.deep.equal([
      { id: '2.1', at: 2, forMs: 600 },
    ])
    expect(stuck(reduce(state, { kind: 'fault', ms: 1_000, what: 'crash', members: [2] }), 500, 9)).to.deep.equal([])
  })

  it('whoever has not heard of it may yet, unless others have heard nothing of him for too long', () => {
    const state = stateAfter(
      preAccept(0, 1, '1.1'),
      { kind: 'executed', ms: 10, at: 1, component: ['1.1'] },
      preAccept(1_000, 1, '1.2'),
    )
    expect(stuck(state, 500, 9)).to.deep.equal([])
    reduce(state, { kind: 'link', ms: 1_000, at: 1, peer: 3, state: 'suspected' })
    expect(stuck(state, 500, 9)).to.deep.equal([{ id: '1.1', at: 3, forMs: 1_000 }])
    const { lines, members } = whyBlocked(state, '1.1', 3)
    expect(lines.join()).to.include('A has heard nothing of C for too long: it may have stopped')
    expect(members).to.include(3)
  })
})
