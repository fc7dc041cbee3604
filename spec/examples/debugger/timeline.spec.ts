import { expect } from 'chai'
import { causalCone } from '../../../examples/debugger/model/cone.ts'
import { Density } from '../../../examples/debugger/model/density.ts'
import { matches } from '../../../examples/debugger/model/filter.ts'
import { newState } from '../../../examples/debugger/model/new-state.ts'
import { reduce } from '../../../examples/debugger/model/reduce.ts'
import { storyOf } from '../../../examples/debugger/model/story.ts'
import { summaryOf } from '../../../examples/debugger/model/summary.ts'
import { Timeline } from '../../../examples/debugger/model/timeline.ts'
import { recordedWorld } from './fixtures/read.ts'
import { hashOf } from './support/hash-of.ts'

const { header, events } = recordedWorld()
const whole = (): Timeline => {
  const timeline = new Timeline(header)
  timeline.append(events)
  return timeline
}

describe('debugger: the timeline', () => {
  it('anywhere the state is that of a replay from the beginning', () => {
    const timeline = whole()
    for (const cursor of [0, 1, 4_500, 3_999, 4_000, 4_001, 17, 2_500, timeline.last]) {
      const replayed = events.slice(0, cursor).reduce(reduce, newState(header))
      expect(hashOf(timeline.seek(cursor)), `at ${cursor}`).to.equal(hashOf(replayed))
      expect(timeline.cursor).to.equal(cursor)
    }
  })

  it('the past stays where it is while the trace goes on', () => {
    const timeline = new Timeline(header)
    timeline.append(events.slice(0, 2_000))
    const before = hashOf(timeline.seek(1_000))
    timeline.append(events.slice(2_000))
    expect(hashOf(timeline.state)).to.equal(before)
    expect(hashOf(timeline.seek(timeline.last))).to.equal(hashOf(events.reduce(reduce, newState(header))))
  })

  it('another future takes the place of what was cut', () => {
    const timeline = whole()
    timeline.cut(3_000)
    expect(timeline.last).to.equal(3_000)
    const [first] = timeline.eventsOf('1.1')
    expect(first).to.be.greaterThan(0)
    expect(Math.max(...timeline.eventsOf('1.1'))).to.be.at.most(3_000)
    timeline.append(events.slice(3_000))
    expect(hashOf(timeline.state)).to.equal(hashOf(whole().state))
  })

  it('a cursor is found by its time', () => {
    const timeline = whole()
    for (const cursor of [1, 777, 4_000]) {
      const { ms } = timeline.event(cursor)!
      const found = timeline.cursorAt(ms)
      expect(found).to.be.at.least(cursor)
      expect(timeline.event(found)!.ms).to.equal(ms)
      expect(timeline.event(found + 1)!.ms).to.be.above(ms)
    }
  })

  it('the cone of a commit holds its preAccepts and their replies, and nothing that came later', () => {
    const timeline = whole()
    const commit = [...timeline.events()].find(([, event]) => event.kind === 'committed' && event.path === 'fast')!
    const { before, after } = causalCone(timeline, commit[0])
    const id = 'id' in commit[1] ? commit[1].id : ''
    const told = before.map(cursor => timeline.event(cursor)!)
    const reply = told.find(
      event => event.kind === 'received' && event.message.type === 'preAcceptOk' && event.message.id === id,
    )
    expect(reply, 'the reply that decided it').to.not.equal(undefined)
    expect(Math.max(...before)).to.be.below(commit[0])
    expect(Math.min(...after)).to.be.above(commit[0])
    // Lamport's clock: along every cause it grows.
    const clock = 'clock' in commit[1] ? commit[1].clock! : 0
    for (const event of told) if ('clock' in event) expect(event.clock).to.be.below(clock)
  })

  it('a story says why an instance took the slow path', () => {
    const timeline = whole()
    const ids = [...timeline.state.instances.keys()]
    const stories = ids.map(id => storyOf(timeline, id))
    expect(stories.every(({ rows }) => rows.length > 0)).to.equal(true)
    const why = stories.flatMap(({ whySlow }) => whySlow ?? [])
    expect(
      why.some(words => /knew .* did not propose/.test(words)),
      why.join('\n'),
    ).to.equal(true)
  })

  it('the numbers, the strip and the filter', () => {
    const timeline = whole()
    const { fastShare, commit, links } = summaryOf(timeline.state)
    expect(fastShare).to.equal(51 / 81)
    expect(commit.p50).to.be.within(0.1, 200)
    expect(links.some(({ roundTripMs }) => roundTripMs !== undefined)).to.equal(true)
    const density = new Density()
    for (const [cursor, event] of timeline.events()) density.add(event, cursor)
    expect(density.counts.reduce((sum, count) => sum + count, 0)).to.equal(events.length)
    expect(density.counts.length).to.be.at.most(512)
    const crashes = density.marks.filter(({ what }) => what === 'crash')
    expect(crashes).to.have.length(3)
    const shown = events.filter(event =>
      matches({ ids: new Set(['2.3']), types: new Set(['accept']) }, event, timeline.state),
    )
    for (const event of shown) if ('message' in event) expect(event.message).to.include({ id: '2.3', type: 'accept' })
    const key = [...timeline.state.instances.values()].flatMap(({ cmd }) =>
      cmd === undefined || cmd === 'nop' ? [] : cmd.writes,
    )[0]!
    expect(events.filter(event => matches({ key }, event, timeline.state)).length).to.be.within(1, events.length - 1)
  })
})
