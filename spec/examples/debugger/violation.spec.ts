import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import type { TraceEvent, TraceHeader } from '../../../examples/debugger/trace/format.ts'
import { openTrace } from '../../../examples/debugger/trace/read-trace.ts'
import { Recorder } from '../../../examples/debugger/trace/recorder.ts'
import { recordWorld } from '../../../examples/debugger/world/record-world.ts'
import { violationEvent } from '../../../examples/debugger/world/violation-event.ts'
import { kvWorkload, Violation } from '../../sim/index.ts'
import { recordedWorld } from './fixtures/read.ts'

describe('debugger: a world that breaks something', () => {
  it('ends with the violation, in a sentence, and a recording of it opens there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-trace-'))
    try {
      for (const name of ['trace.jsonl', 'trace.jsonl.gz']) {
        const path = join(directory, name)
        const recorder = new Recorder(path)
        const told: TraceEvent[] = []
        const violation = recordWorld(
          { seed: 4 },
          undefined,
          (header: TraceHeader) => {
            recorder.begin(header)
            return event => {
              told.push(event)
              recorder.add([event])
            }
          },
          { ...kvWorkload, judge: () => ({ what: 'nobody knows how c0a.1 could read that', about: [] }) },
        )
        recorder.close()
        expect(violation).to.be.instanceOf(Violation)
        const { header, events } = await openTrace(path)
        const timeline = new Timeline(header)
        for await (const event of events) timeline.append([event])
        expect(timeline.last).to.equal(told.length)
        expect(timeline.state.violations).to.have.length(1)
        expect(timeline.state.violations[0]).to.include({
          property: 'linearizability',
          what: 'no order of the commands explains what clients saw: nobody knows how c0a.1 could read that',
        })
        expect(timeline.state.ended).to.equal('the world ends with a violation: linearizability')
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('names instances by member, and leaves out what is none', () => {
    const { header } = recordedWorld()
    const { about, what } = violationEvent(new Violation('messages', '9 about B.3 in 4 ms', ['B.3', 'c1.4']), header, 7)
    expect(about).to.deep.equal(['2.3'])
    expect(what).to.equal(
      'replicas went on talking about an instance long after it should have been over: 9 about B.3 in 4 ms',
    )
  })
})
