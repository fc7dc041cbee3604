import { expect } from 'chai'
import { type LinkChange, Links } from '../../../actors/records/links.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import type { MessageOf } from '../../../machines/protocol/messages.ts'

const suspicionMs = 500
const beat = (able = true): MessageOf<'heartbeat'> => ({
  type: 'heartbeat',
  known: [3, 2, 1],
  executed: [2, 1, 0],
  canVote: able,
  inStep: true,
  raised: [0, 0, 0],
  raisedFrom: 1,
  barrier: 0,
})

/** Notes what changes. */
class NotingLinks extends Links {
  readonly #changes: string[]

  constructor(changes: string[]) {
    super(1, createMembership([1, 2, 3]).quorums, 0, suspicionMs)
    this.#changes = changes
  }

  override heartbeat(...told: Parameters<Links['heartbeat']>): readonly LinkChange[] {
    return this.#note(super.heartbeat(...told))
  }

  override refused(rank: number): readonly LinkChange[] {
    return this.#note(super.refused(rank))
  }

  override suspectSilent(nowMs: number): readonly LinkChange[] {
    return this.#note(super.suspectSilent(nowMs))
  }

  #note(changes: readonly LinkChange[]): readonly LinkChange[] {
    for (const { rank, state } of changes) this.#changes.push(`${rank} ${state}`)
    return changes
  }
}

/** The links of rank 1 of three, at time 0. */
function setUp() {
  const changes: string[] = []
  const links = new NotingLinks(changes)
  return { links, changes }
}

describe('links', () => {
  it('take everyone for live at first, this replica among them, in order of rank', () => {
    const { links } = setUp()
    expect(links.live()).to.eql([0, 1, 2])
    expect(links.peers).to.eql([0, 2])
    expect(links.down()).to.equal(0)
  })

  it('suspect who was not heard of for longer than the suspicion time', () => {
    const { links, changes } = setUp()
    links.heard(0, 300)
    links.suspectSilent(suspicionMs)
    expect(changes).to.eql([])
    links.suspectSilent(suspicionMs + 1)
    expect(changes).to.eql(['2 suspected'])
    expect(links.live()).to.eql([0, 1])
    expect(links.down()).to.equal(0b100)
    links.suspectSilent(300 + suspicionMs + 1)
    expect(changes).to.eql(['2 suspected', '0 suspected'])
    expect(links.live()).to.eql([1])
  })

  it('L4: who cannot vote, or is not in step, is neither live nor down', () => {
    for (const message of [beat(false), { ...beat(), inStep: false }]) {
      const { links } = setUp()
      links.heartbeat(2, message)
      expect(links.state(2)).to.equal('unable')
      expect(links.live()).to.eql([0, 1])
      expect(links.down()).to.equal(0)
    }
  })

  it('L4: who hears too few to decide anything says so; who is heard and cannot vote counts as heard', () => {
    const { links } = setUp()
    expect(links.hearsQuorum).to.equal(true)
    links.heartbeat(0, beat(false))
    links.refused(2)
    expect(links.hearsQuorum, 'two of three').to.equal(true)
    links.suspectSilent(suspicionMs + 1)
    expect(links.hearsQuorum, 'nobody but itself').to.equal(false)
    links.heartbeat(0, beat(false))
    expect(links.hearsQuorum).to.equal(true)
  })

  it('Mute: who says that no vote of it leaves counts as down, and not for a quorum', () => {
    const { links, changes } = setUp()
    links.heartbeat(0, { ...beat(false), mute: true })
    expect(links.live()).to.eql([1, 2])
    expect([links.down(), links.mute()]).to.eql([0b001, 0b001])
    expect(links.hearsQuorum, 'two of three').to.equal(true)
    links.heartbeat(2, { ...beat(), mute: true })
    expect(links.hearsQuorum, 'nobody but itself').to.equal(false)
    links.heartbeat(0, beat())
    expect([links.down(), links.mute()]).to.eql([0b100, 0b100])
    expect(links.hearsQuorum).to.equal(true)
    expect(changes).to.eql(['0 mute', '2 mute', '0 live'])
  })

  it('tell a change once', () => {
    const { links, changes } = setUp()
    links.heartbeat(2, beat())
    links.heartbeat(2, beat())
    links.suspectSilent(10_000)
    links.suspectSilent(20_000)
    links.heartbeat(2, beat())
    expect(changes).to.eql(['2 live', '0 suspected', '2 suspected', '2 live'])
  })

  it('suspect at once whose address nobody listens at', () => {
    const { links, changes } = setUp()
    links.refused(0)
    expect(changes).to.eql(['0 suspected'])
  })

  it('after a stall of its own this replica blames nobody', () => {
    const { links, changes } = setUp()
    links.restartSuspicion(10_000)
    links.suspectSilent(10_000 + suspicionMs)
    expect(changes).to.eql([])
  })

  it('keep how far each peer says that it is', () => {
    const { links } = setUp()
    expect(links.progress(2)).to.deep.include({ known: undefined, executed: undefined })
    links.heartbeat(2, beat())
    expect(links.progress(2)).to.deep.include({ known: [3, 2, 1], executed: [2, 1, 0] })
  })

  it('know no link to this replica itself, nor to a stranger', () => {
    const { links } = setUp()
    for (const rank of [1, 3]) expect(() => links.state(rank)).to.throw(RangeError, `rank ${rank} is no peer`)
  })
})
