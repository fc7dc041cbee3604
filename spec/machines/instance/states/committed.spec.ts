import { expect } from 'chai'
import { NOP } from '../../../../machines/protocol/commands.ts'
import { InvariantError } from '../../../../machines/protocol/errors.ts'
import {
  accept,
  acceptOk,
  anotherCmd,
  cmd,
  commit,
  executed,
  giveUpFastPath,
  memberCommitted,
  memberWaiting,
  nack,
  other,
  preAccept,
  preAcceptOk,
  recover,
  recoverOk,
  resend,
  resume,
  stable,
  startRecovery,
  tryRecover,
  validate,
  validateOk,
} from '../support/events.ts'
import { play } from '../support/play.ts'

describe('committed', () => {
  const decided = commit(0, cmd, [0, 1, 2])

  it('3.6: answers preAccept, accept, validate and tryRecover with the commit, never with a vote', () => {
    for (const request of [preAccept(), accept(0, 0), accept(2, 500, NOP), validate(2, 5), tryRecover(2)]) {
      const played = play(3, 1, decided, request)
      expect(played.state).to.equal('committed')
      expect(played.last).to.have.length(1)
      expect(played.last[0]).to.match(/^reply commit to [02]$/)
      expect(played.said('commit')).to.deep.include({ cmd, dep: [0, 1, 2] })
    }
  })

  it('3.6: answers recover with its phase, at any ballot, and promises nothing', () => {
    const played = play(3, 1, recover(2, 8), decided, recover(2, 5), recover(2, 11))
    expect(played.last).to.eql(['reply recoverOk to 2'])
    expect(played.said('recoverOk')).to.deep.include({ bal: 11, phase: 'committed', cmd, dep: [0, 1, 2] })
    expect(played.record.bal).to.equal(8)
  })

  it('3.6: takes the same commit again, from anyone', () => {
    for (const value of [cmd, NOP] as const) {
      const played = play(3, 1, commit(0, value), commit(2, value))
      expect(played.last).to.eql(['announceTold'])
    }
  })

  it('3.6: compares payloads byte by byte, not by identity', () => {
    const copy = { ...cmd, payloads: cmd.payloads.map(payload => payload.slice()) }
    expect(play(3, 1, commit(0, cmd), commit(2, copy)).last).to.eql(['announceTold'])
  })

  it('3.6: a different commit breaks Agreement: it stops the replica (B4)', () => {
    const different = [commit(2, NOP, [0, 1, 2]), commit(2, anotherCmd, [0, 1, 2]), commit(2, cmd, [0, 1, 3])]
    for (const second of different)
      expect(() => play(3, 1, decided, second)).to.throw(InvariantError, /0\.1 .*committed/)
    expect(() => play(3, 1, commit(0, NOP), commit(0, cmd))).to.throw(InvariantError)
  })

  it('has no use for replies and commands', () => {
    const late = [
      preAcceptOk(2),
      acceptOk(2),
      recoverOk(2, 4),
      validateOk(2, 4),
      nack(2, 5),
      stable(2),
      resume,
      startRecovery,
      resend,
      giveUpFastPath,
      memberCommitted(other(2)),
      memberWaiting(other(2), 2),
    ]
    const before = play(3, 1, decided)
    for (const event of late) {
      const played = play(3, 1, decided, event)
      expect(played.state).to.equal('committed')
      expect(played.last).to.eql([])
      expect(played.record).to.eql(before.record)
    }
  })

  it('5: ends when it is executed, and that is durable', () => {
    expect(play(3, 1, decided, executed).state).to.equal('executed')
  })
})
