import { expect } from 'chai'
import type { InspectionEvent } from 'xstate'
import { inspectWith } from '../../../examples/debugger/live/deep-inspection.ts'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { Causality } from '../../../examples/debugger/trace/causality.ts'
import type { Received, Sent, TracedMessage } from '../../../examples/debugger/trace/format.ts'
import { recordScenario } from '../../../examples/debugger/world/record-scenario.ts'
import { put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../../actors/support/memory-cluster.ts'
import { proposeTo } from '../../scenarios/support/rounds.ts'
import type { Table } from '../../scenarios/support/table.ts'

const opened = (tell: (table: Table) => void): Timeline => {
  const { header, events } = recordScenario({ name: '', title: 'of a spec', n: 3, tell })
  const timeline = new Timeline(header)
  timeline.append(events)
  return timeline
}

describe('debugger: what is on disk', () => {
  it('what was written in memory is durable once a flush that began later has ended', () => {
    const timeline = opened(table => {
      table.submit('A')
      table.sync('A')
    })
    const written = [...timeline.events()].find(([, event]) => event.kind === 'written')![0]
    const flushed = [...timeline.events()].find(
      ([cursor, event]) => event.kind === 'flushEnded' && cursor > written,
    )![0]
    const side = (cursor: number) => timeline.seek(cursor).instances.get('1.1')!.sides[0]!
    expect(side(flushed - 1).record?.phase).to.equal('preAccepted')
    expect(side(flushed - 1).durable).to.equal(undefined)
    expect(side(flushed).durable?.phase).to.equal('preAccepted')
    expect(timeline.state.replicas[0]!.isFlushing).to.equal(false)
  })

  it('a crash takes what was not on disk, and all that was driven; what was stays', () => {
    const timeline = opened(table => {
      proposeTo(table, 'A>B')
      table.submit('C')
      table.crash('AC')
    })
    const before = timeline.seek(timeline.last - 4)
    expect(before.instances.get('3.1')!.sides[2]!.record?.phase).to.equal('preAccepted')
    const after = timeline.seek(timeline.last)
    const own = after.instances.get('1.1')!.sides[0]!
    expect(own).to.deep.include({ attempt: undefined, states: ['preAccepted', 'following'] })
    expect(own.record).to.deep.equal(own.durable)
    expect(after.instances.get('3.1')!.sides[2]).to.deep.include({
      record: undefined,
      states: ['initial', 'following'],
    })
    expect(after.replicas.map(({ isUp }) => isUp)).to.deep.equal([false, true, false])
    expect(after.standing.preAccepting).to.deep.equal([0, 0, 0])
  })
})

describe('debugger: clocks and numbers', () => {
  const message: TracedMessage = { type: 'acceptOk', id: '1.1', bal: 3 }
  const sent = (at: number, to: number): Sent => ({ kind: 'sent', ms: 0, at, to, message })
  const received = (at: number, from: number): Received => ({ kind: 'received', ms: 0, at, from, message })

  it('a receipt has the number of its sending, and a later clock', () => {
    const causality = new Causality()
    const first = causality.complete(sent(1, 2)) as Sent
    causality.complete({ kind: 'flushEnded', ms: 0, at: 1 })
    const second = causality.complete(sent(1, 2)) as Sent
    const one = causality.complete(received(2, 1)) as Received
    const other = causality.complete(received(2, 1)) as Received
    expect([one.no, other.no]).to.deep.equal([first.no, second.no])
    expect(one.clock).to.be.above(first.clock!)
    expect(other.clock).to.be.above(second.clock!)
    expect(causality.complete(received(2, 1)), 'the network brings it again').to.deep.include({
      no: second.no,
      repeated: true,
    })
  })

  it('what is lost is received by nobody; what was never seen to leave has no number', () => {
    const causality = new Causality()
    const first = causality.complete(sent(1, 2)) as Sent
    const second = causality.complete(sent(1, 2)) as Sent
    expect(causality.complete({ kind: 'lost', ms: 0, at: 1, to: 2, message, why: 'loss' })).to.include({ no: first.no })
    expect(causality.complete(received(2, 1))).to.include({ no: second.no })
    expect(causality.complete(received(3, 1))).to.not.have.property('no')
    expect(causality.complete(sent(1, 1)), 'to oneself it crosses no link').to.not.have.property('no')
  })
})

describe('debugger: inspectors of the XState ecosystem', () => {
  it('see what replicas do, of one instance or of all, until they are unplugged', async () => {
    const cluster = await memoryCluster({ stateMachine: () => createKvStateMachine() })
    const { actor } = cluster.replicas[0]!
    const [all, one]: InspectionEvent[][] = [[], []]
    const unplug = [
      inspectWith(actor, event => all!.push(event)),
      inspectWith(actor, { next: event => one!.push(event) }, [0, 2]),
    ]
    for (let count = 0; count < 3; count++) await cluster.execute(1, put('k', 'v'))
    const idsOf = (events: readonly InspectionEvent[]) =>
      new Set(events.map(({ actorRef }) => ('id' in actorRef ? actorRef.id : '')))
    expect(idsOf(all!)).to.include('0.1').and.include('0.2')
    expect([...idsOf(one!)]).to.deep.equal(['0.2'])
    expect(one!.map(({ type }) => type)).to.include.members(['@xstate.event', '@xstate.microstep', '@xstate.snapshot'])
    for (const each of unplug) each()
    const counts = [all!.length, one!.length]
    await cluster.execute(1, put('k', 'v'))
    expect([all!.length, one!.length]).to.deep.equal(counts)
  })
})
