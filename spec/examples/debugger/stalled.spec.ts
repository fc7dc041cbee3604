import { expect } from 'chai'
import { Sampling } from '../../../examples/debugger/live/sampling.ts'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { eventInWords } from '../../../examples/debugger/model/words.ts'
import type { Stalled } from '../../../examples/debugger/trace/format.ts'
import { tracerTap } from '../../../examples/debugger/trace/tracer.ts'
import { recordScenario } from '../../../examples/debugger/world/record-scenario.ts'

const { header } = recordScenario({ name: '', title: 'of a spec', n: 3, tell: () => undefined })
const event: Stalled = { kind: 'stalled', ms: 900, at: 2, forMs: 812, cause: 'snapshot' }

describe('debugger: a replica that stood still', () => {
  it('is told by the tap, however few instances are', () => {
    const told: unknown[] = []
    const tap = tracerTap({ at: 2, encoder: {} as never, nowMs: () => 900, emit: each => told.push(each) })
    const sampling = new Sampling(1, 1)
    sampling.through((name, args) => (tap[name] as (...args: readonly unknown[]) => void)(...args)).stalled!(
      812,
      'snapshot',
    )
    expect(told).to.eql([event])
  })

  it('is said in words, also for a cause of a later version, and stands in the timeline', () => {
    expect(eventInWords(header, event)).to.equal('B stood still for 812 ms: a snapshot was taken or read')
    expect(eventInWords(header, { ...event, cause: 'novel' as never })).to.equal('B stood still for 812 ms: novel')
    const timeline = new Timeline(header)
    timeline.append([event])
    expect(timeline.state.totals.events).to.equal(1)
  })
})
