import { expect } from 'chai'
import { Frames } from '../../../actors/replica/frames.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import { idOf } from '../support/ledger.ts'

/** Frames whose turns begin when the spec says so. */
function framesOf() {
  const routed: string[] = []
  const due: (() => void)[] = []
  const frames = new Frames({
    timers: {
      set: (_, run) => {
        due.push(run)
        return { at: 0, cancelled: false }
      },
    },
    route: (from, messages) => {
      for (const message of messages) if ('id' in message) routed.push(`${from}:${message.id.index}`)
    },
  })
  /** A turn of its own, if one was asked for. @returns the number of messages taken in */
  const turn = (): number => {
    const before = routed.length
    due.shift()?.()
    return routed.length - before
  }
  return { frames, routed, due, turn }
}

/** Commits from an index on, of so many keys each. */
const commits = (count: number, keys: number, from = 1): Message[] =>
  Array.from({ length: count }, (_, at) => ({
    type: 'commit',
    id: idOf(1, from + at),
    cmd: { footprint: { reads: [], writes: Array.from({ length: keys }, (_, key) => `${key}`) }, payloads: [] },
    dep: [0, 0, 0],
  }))
const named = (rank: number, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${rank}:${from + at}`)

describe('frames', () => {
  it('a frame of some messages is taken in at once', () => {
    const { frames, routed, due } = framesOf()
    frames.take(1, commits(20, 10))
    expect(routed).to.deep.equal(named(1, 1, 20))
    expect(due).to.have.length(0)
  })

  it('of a thousand commits of a hundred keys no turn takes in more than some, and they stay in order', () => {
    const { frames, routed, due, turn } = framesOf()
    frames.take(1, commits(1_000, 100))
    let most = routed.length
    while (due.length > 0) most = Math.max(most, turn())
    expect(most).to.be.at.most(6)
    expect(routed).to.deep.equal(named(1, 1, 1_000))
  })

  it('likewise of messages without keys', () => {
    const { frames, routed, due, turn } = framesOf()
    const ends: Message[] = commits(1_000, 0)
    frames.take(1, ends)
    let most = routed.length
    while (due.length > 0) most = Math.max(most, turn())
    expect(most).to.be.at.most(128)
    expect(routed).to.have.length(1_000)
  })

  it('frames that come meanwhile wait behind it, those of other peers too', () => {
    const { frames, routed, due, turn } = framesOf()
    frames.take(1, commits(30, 100))
    frames.take(2, commits(2, 1))
    frames.take(1, commits(2, 1, 31))
    expect(due).to.have.length(1)
    while (due.length > 0) turn()
    expect(routed).to.deep.equal([...named(1, 1, 30), ...named(2, 1, 2), ...named(1, 31, 32)])
    frames.take(2, commits(1, 1, 3))
    expect(routed.at(-1), 'and nothing waits any more').to.equal('2:3')
  })

  it('what waits is bounded: beyond it is taken in with the frames that come', () => {
    const { frames, routed } = framesOf()
    for (let frame = 0; frame < 100; frame++) frames.take(1, commits(1_000, 1, frame * 1_000 + 1))
    expect(100_000 - routed.length).to.be.at.most(53_000)
    expect(routed).to.deep.equal(named(1, 1, routed.length))
  })

  it('is finished before what has to come after it, and the turn that was set finds nothing', () => {
    const { frames, routed, turn } = framesOf()
    frames.take(1, commits(30, 100))
    frames.finish()
    expect(routed).to.deep.equal(named(1, 1, 30))
    expect(turn()).to.equal(0)
  })
})
