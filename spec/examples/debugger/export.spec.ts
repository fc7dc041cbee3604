import { expect } from 'chai'
import { toJsonl } from '../../../examples/debugger/export/jsonl.ts'
import { toSequence } from '../../../examples/debugger/export/sequence.ts'
import { toShiViz } from '../../../examples/debugger/export/shiviz.ts'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { decodeEvent, decodeHeader, decodeTrace, TraceError } from '../../../examples/debugger/trace/codec.ts'
import { recordedWorld } from './fixtures/read.ts'

const { header, events } = recordedWorld()

describe('debugger: traces in and out', () => {
  it('a trace reads back as it was written', () => {
    const { header: headerBack, events: eventsBack } = decodeTrace(toJsonl(header, events))
    expect(headerBack).to.deep.equal(header)
    expect(eventsBack).to.deep.equal(events)
  })

  it('a line that is no event is left out, and said: a last one that is cut off, and one in the middle (input 21)', () => {
    const text = toJsonl(header, events.slice(0, 3))
    expect(decodeTrace(text).leftOut).to.equal(undefined)
    const cutOff = decodeTrace(text.slice(0, -10))
    expect(cutOff.events).to.deep.equal(events.slice(0, 2))
    expect(cutOff.leftOut).to.contain('line 4 is not JSON')
    const lines = text.split('\n')
    lines[2] = lines[2]!.slice(0, -5)
    const found = decodeTrace(lines.join('\n'))
    expect(found.events).to.deep.equal([events[0], events[2]])
    expect(found.leftOut).to.contain('line 3 is not JSON')
  })

  it('another major version is refused, and what is no trace', () => {
    const other = JSON.stringify({ ...header, version: { major: 2, minor: 0 } })
    expect(() => decodeHeader(other))
      .to.throw(TraceError, 'version 2.0; this program reads 1.x')
      .with.property('code', 'traceVersion')
    expect(() => decodeHeader('{"hello":1}')).to.throw(TraceError, 'not the header of a trace')
    expect(() => decodeEvent('{"ms":1}', 7)).to.throw(TraceError, 'line 7')
    const later = JSON.stringify({ ...header, version: { major: 1, minor: 9 } })
    expect(decodeHeader(later).version.minor).to.equal(9)
  })

  it('kinds of a later minor version are passed over', () => {
    const timeline = new Timeline(header)
    timeline.append([{ kind: 'unheardOf', ms: 3, at: 1 } as never, ...events.slice(0, 10)])
    expect(timeline.state.totals.events).to.equal(11)
  })

  it('an instance as a sequence diagram', () => {
    const timeline = new Timeline(header)
    timeline.append(events)
    const text = toSequence(timeline, '3.2')
    expect(text).to.match(/^sequenceDiagram\n {2}title C.2 in seed 4\n {2}participant A\n/)
    expect(text).to.match(/C->>A: preAccept C\.2 \([^)]*\) \(\+/)
    expect(text).to.match(/A->>C: preAcceptOk C\.2/)
    expect(text).to.match(/Note over C: committed, fast by 3\.3/)
    expect(text, 'Mermaid would take it for its own').to.not.match(/[{};#]/)
  })

  it('a ShiViz log: every clock grows at its host, and holds what it has heard', () => {
    const [pattern, , ...lines] = toShiViz(header, events).trimEnd().split('\n')
    expect(pattern).to.include('(?<host>')
    const own = new Map<string, number>()
    for (let at = 0; at < lines.length; at += 2) {
      const [, host, clock] = /^(\S*) (\{.*\})$/.exec(lines[at]!)!
      const times = JSON.parse(clock!) as Record<string, number>
      expect(times[host!]).to.equal((own.get(host!) ?? 0) + 1)
      own.set(host!, times[host!]!)
      for (const [other, time] of Object.entries(times)) expect(time).to.be.at.most(own.get(other) ?? 0)
    }
    expect(own.size).to.equal(3)
  })
})
