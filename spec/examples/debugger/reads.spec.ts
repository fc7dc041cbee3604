import { expect } from 'chai'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { readsInWords } from '../../../examples/debugger/model/words.ts'
import type { ReadsChanged } from '../../../examples/debugger/trace/format.ts'
import { recordScenario } from '../../../examples/debugger/world/record-scenario.ts'

describe('debugger: reads by quorum', () => {
  it('what they wait for is in the trace, and in words', () => {
    const { header, events } = recordScenario({
      name: '',
      title: 'of a spec',
      n: 3,
      limits: {},
      tell: table => {
        table.read('A')
        table.deliver('readAsk', 'A>B')
        table.deliver('readSeen', 'B>A')
      },
    })
    const told = events.filter((event): event is ReadsChanged => event.kind === 'reads' && event.at === 1)
    expect(told.map(event => readsInWords(header, event))).to.eql([
      'no read waits',
      '1 read waits: too few have answered the round: B and C',
      'no read waits',
    ])
    const timeline = new Timeline(header)
    timeline.append(events)
    expect(timeline.state.replicas[0]!.reads).to.include({ verdict: 'nothingWaits', waiting: 0 })
  })
})
