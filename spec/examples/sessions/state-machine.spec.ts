import { expect } from 'chai'
import { createSessions, type SessionCommand } from '../../../examples/sessions/state-machine.ts'
import { digestOfState, giveState } from '../../support/states.ts'

const put = (id: string, ttlMs: number): SessionCommand => ({ op: 'put', id, data: `of ${id}`, ttlMs })
const get = (id: string): SessionCommand => ({ op: 'get', id })

describe('examples/sessions: the state machine', () => {
  it('makes a moment of a time to live once, and proposes the end when it has come', () => {
    const sessions = createSessions()
    const stamped = sessions.stamped!(put('a', 100), 1_000.5)
    expect(stamped).to.eql({ op: 'until', id: 'a', data: 'of a', untilMs: 1_101 })
    expect(sessions.apply(stamped)).to.equal('of a')
    expect(sessions.due!(1_100, 10)).to.eql([])
    const due = sessions.due!(1_101, 10)
    expect(due).to.eql([{ op: 'expire', id: 'a', untilMs: 1_101 }])
    expect(sessions.due!(1_101, 10), 'until it is executed').to.eql(due)
    expect(sessions.apply(due[0]!)).to.equal(null)
    expect(sessions.due!(9_999, 10)).to.eql([])
  })

  it('lets no old end take a session that was renewed', () => {
    const sessions = createSessions()
    for (const nowMs of [0, 50]) sessions.apply(sessions.stamped!(put('a', 100), nowMs))
    sessions.apply({ op: 'expire', id: 'a', untilMs: 100 })
    expect(sessions.apply(get('a'))).to.equal('of a')
    expect(sessions.due!(149, 10)).to.eql([])
    expect(sessions.due!(150, 10)).to.have.length(1)
  })

  it('proposes the earliest first, and no more than it may', () => {
    const sessions = createSessions()
    for (const [id, ttlMs] of [
      ['late', 30],
      ['early', 10],
      ['between', 20],
    ] as const)
      sessions.apply(sessions.stamped!(put(id, ttlMs), 0))
    expect(sessions.due!(30, 2).map(({ id }) => id)).to.eql(['early', 'between'])
  })

  it('has equal digests for equal states, and goes on from them', () => {
    const [one, other] = [createSessions(), createSessions()]
    for (const id of ['a', 'b']) one.apply(one.stamped!(put(id, 10), 0))
    for (const id of ['b', 'a']) other.apply(other.stamped!(put(id, 10), 0))
    expect(digestOfState(one)).to.equal(digestOfState(other))
    const copy = createSessions()
    giveState(copy, one)
    expect(copy.apply(get('b'))).to.equal('of b')
    expect(copy.due!(10, 10)).to.have.length(2)
  })

  it('refuses what is no command, and lets different sessions commute', () => {
    const { footprint, stamped } = createSessions()
    const wrong = [null, {}, { op: 'get' }, { op: 'steal', id: 'a' }, { op: 'until', id: 'a', data: 'x', untilMs: 0.5 }]
    for (const each of wrong) expect(() => footprint(each as never)).to.throw(TypeError)
    expect(stamped!(null as never, 0)).to.equal(null)
    expect(() => stamped!({ op: 'put', id: 'a', data: 'x', ttlMs: Number.NaN }, 0)).to.throw(TypeError)
    expect(footprint(get('a'))).to.eql({ reads: ['a'], writes: [] })
    expect(footprint({ op: 'end', id: 'b' })).to.eql({ reads: [], writes: ['b'] })
  })
})
