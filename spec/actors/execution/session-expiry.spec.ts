import { expect } from 'chai'
import { SessionExpiry, SessionUse } from '../../../actors/execution/session-expiry.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import { ClientTable } from '../../../machines/execution/client-table.ts'

const limits = { ...defaultLimits, sessionIdleMs: 1_000 }

function expiryOf(rank: number, sessions: readonly string[], more: Partial<Limits> = {}) {
  let nowMs = 0
  const clients = new ClientTable()
  const proposed: string[] = []
  const use = new SessionUse(() => nowMs)
  const expiry = new SessionExpiry({
    limits: { ...limits, ...more },
    rank,
    clients,
    use,
    now: () => nowMs,
    propose: (session, last) => proposed.push(`${session} ${last}`),
  })
  for (const session of sessions) {
    clients.open(session)
    use.used(session)
  }
  const pass = (ms: number) => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += 10
      expiry.tick()
    }
  }
  return { clients, use, proposed, pass }
}

describe('session expiry', () => {
  it('asks to end what nobody has used for the idle time, as far as it was applied', () => {
    const { clients, use, proposed, pass } = expiryOf(0, ['idle', 'busy'])
    clients.applied('idle', 7, 0, 'x')
    pass(600)
    use.used('busy')
    pass(390)
    expect(proposed).to.deep.equal([])
    pass(60)
    expect(proposed).to.deep.equal(['idle 7'])
  })

  it('asks again only after as long, and no more once it has ended', () => {
    const { clients, proposed, pass } = expiryOf(0, ['idle'])
    pass(1_100)
    expect(proposed).to.have.length(1)
    pass(850)
    expect(proposed).to.have.length(1)
    pass(200)
    expect(proposed).to.have.length(2)
    clients.expire('idle', 0)
    pass(5_000)
    expect(proposed).to.have.length(2)
  })

  it('leaves it to the lowest rank, if that one does it', () => {
    const { clients, proposed, pass } = expiryOf(2, ['idle'])
    pass(1_200)
    expect(proposed).to.deep.equal([])
    clients.expire('idle', 0)
    pass(1_000)
    expect(proposed).to.deep.equal([])
  })

  it('input 3: asks earlier to end those idle for longest where there are more than half of what may be', () => {
    const { clients, use, proposed, pass } = expiryOf(0, ['a', 'b', 'c'], { sessionsMax: 4, sessionIdleMinMs: 100 })
    pass(50)
    use.used('a')
    pass(60)
    expect(proposed).to.deep.equal(['b 0', 'c 0'])
    clients.expire('b', 0)
    pass(80)
    expect(proposed, 'there are not many any more').to.have.length(2)
  })

  it('input 3: asks earlier where the answers are many bytes', () => {
    const { clients, proposed, pass } = expiryOf(0, ['a'], { sessionsAnswerBytesMax: 10_000, sessionIdleMinMs: 100 })
    clients.applied('a', 1, 0, new Uint8Array(4_000))
    pass(200)
    expect(proposed).to.deep.equal([])
    clients.applied('a', 2, 0, new Uint8Array(4_000))
    pass(20)
    expect(proposed).to.deep.equal(['a 2'])
  })

  it('asks for some at a time', () => {
    const sessions = Array.from({ length: 100 }, (_, at) => `s${at}`)
    const { proposed, pass } = expiryOf(0, sessions)
    pass(1_000)
    expect(proposed).to.have.length(64)
    pass(20)
    expect(new Set(proposed).size).to.equal(100)
  })
})
