import { expect } from 'chai'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { gateInWords } from '../../../examples/debugger/model/words.ts'
import type { GateChanged } from '../../../examples/debugger/trace/format.ts'
import { recordScenario } from '../../../examples/debugger/world/record-scenario.ts'

describe('debugger: the proposing gate', () => {
  it('a command that comes while as many as may be are under way waits, and the trace says so', () => {
    const { header, events } = recordScenario({
      name: '',
      title: 'of a spec',
      n: 3,
      limits: { ownInFlightMax: 1 },
      tell: table => {
        const client = table.connect('A')
        table.request(client, { type: 'propose', request: 1, payload: table.append('first') })
        table.request(client, { type: 'propose', request: 2, payload: table.append('second') })
        table.sync('A')
        table.deliver('preAccept', 'A>B')
        table.sync('B')
        table.deliver('preAcceptOk', 'B>A')
        table.sync('A')
      },
    })
    const told = events.filter((event): event is GateChanged => event.kind === 'gate' && event.at === 1)
    expect(told.map(({ verdict, waiting }) => `${verdict} ${waiting}`)).to.eql([
      'nothingWaits 0',
      'inFlight 1',
      'nothingWaits 0',
    ])
    const timeline = new Timeline(header)
    timeline.append(events)
    expect(timeline.state.replicas[0]!.gate).to.eql({ verdict: 'nothingWaits', waiting: 0 })
  })

  it('says in words what is waited for, where something waits', () => {
    expect(gateInWords({ verdict: 'noQuorum', waiting: 2 })).to.match(/^2 commands wait to be proposed: too few/)
    expect(gateInWords({ verdict: 'inFlight', waiting: 1 })).to.match(/^1 command waits/)
    expect(gateInWords({ verdict: 'gathering', waiting: 0 })).to.equal('no command waits to be proposed')
  })
})
