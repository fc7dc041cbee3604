import { expect } from 'chai'
import fc from 'fast-check'
import { NOP, type Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import type { Phase } from '../../../machines/protocol/record.ts'
import {
  accept,
  acceptOk,
  cmd,
  commit,
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
  type Step,
  stable,
  startRecovery,
  submit,
  tryRecover,
  type Vote,
  validate,
  validateOk,
} from './support/events.ts'
import { type Played, play } from './support/play.ts'

const n = 3
/** Whatever others may send that passes the door (protocol/admission.ts): ballots are their owner's, D0 is one. */
function arbitraryStep(self: number): fc.Arbitrary<Step> {
  const peer = fc.constantFrom(...[0, 1, 2].filter(rank => rank !== self))
  const from = fc.constantFrom(0, 1, 2)
  const dep = fc.constantFrom<Dependencies>([0, 0, 0], [0, 1, 0], [0, 1, 2])
  const value = fc.constantFrom<Value>(cmd, NOP)
  const round = fc.integer({ min: 1, max: 3 })
  // Mostly the first own one, or replies would seldom fit an attempt.
  const bal = fc.oneof(
    { weight: 8, arbitrary: fc.constant(n + self) },
    { weight: 1, arbitrary: fc.constantFrom(0, 3, 4, 5, 6, 7, 8) },
  )
  const member = fc.constantFrom(other(1), other(2))
  const phase = fc.oneof<fc.WeightedArbitrary<Phase>[]>(
    { weight: 6, arbitrary: fc.constantFrom('initial', 'preAccepted') },
    { weight: 1, arbitrary: fc.constantFrom('accepted', 'committed') },
  )
  return fc.oneof(
    self === 0 ? fc.constant(nack(1, 4)) : dep.map(conflicting => preAccept({ conflicting })),
    fc.tuple(from, dep).map(([rank, d]) => preAcceptOk(rank, d)),
    fc
      .tuple(peer, round, value, dep)
      .map(([rank, k, v, d]) => accept(rank, rank === 0 && k === 1 ? 0 : k * n + rank, v, v === NOP ? undefined : d)),
    fc.tuple(from, bal).map(([rank, b]) => acceptOk(rank, b)),
    fc.tuple(peer, value).map(([rank, v]) => commit(rank, v)),
    fc.tuple(peer, round).map(([rank, k]) => recover(rank, k * n + rank)),
    fc.tuple(from, bal, phase, dep, value).map(([rank, b, p, d, v]) => recoverOk(rank, b, voteOf(p, d, v))),
    fc.tuple(peer, round).map(([rank, k]) => validate(rank, k * n + rank)),
    fc.tuple(from, bal, fc.array(member, { maxLength: 2 })).map(([rank, b, I]) => validateOk(rank, b, ...I)),
    fc.tuple(peer).map(([rank]) => tryRecover(rank)),
    fc.tuple(peer, bal).map(([rank, b]) => nack(rank, b)),
    peer.map(rank => stable(rank)),
    fc.constantFrom(startRecovery, startRecovery, resend, resume, giveUpFastPath),
    fc.tuple(member, value, dep).map(([m, v, d]) => memberCommitted(m, v, d)),
    fc.tuple(member, fc.nat(3)).map(([m, k]) => memberWaiting(m, k)),
  )
}

/** A Nop has no dependencies, what is pre-accepted is the payload, and an initial record has neither. */
function voteOf(phase: Phase, dep: Dependencies, value: Value): Vote {
  if (phase === 'initial') return {}
  if (phase === 'preAccepted') return { phase, dep, cmd }
  return value === NOP ? { phase, cmd: NOP } : { phase, cmd: value, dep }
}

/** Where a history may begin: nowhere, with the own submit, or as far in a recovery as a wait. */
function openings(self: number): readonly (readonly Step[])[] {
  const bal = n + self
  const recovery = [
    startRecovery,
    recoverOk(1, bal, { phase: 'preAccepted', cmd }),
    recoverOk(2, bal),
    validateOk(1, bal, other(1), other(2)),
    validateOk(2, bal),
  ]
  return [...(self === 0 ? [[submit()], [submit(), ...recovery]] : [[]]), recovery.slice(0, 3), recovery]
}

/** Two commits that differ are somebody else's mistake; everything else that throws is ours. */
function playUntilDisagreement(self: number, history: readonly Step[]): Played | undefined {
  try {
    return play(n, self, ...history)
  } catch (error) {
    if (error instanceof InvariantError && /is committed with/.test(error.message)) return undefined
    throw error
  }
}

describe('instance: any history', () => {
  const reached = new Set<string>()
  for (const self of [0, 1]) {
    it(`leaves a record that is kept, and a state that fits it, at rank ${self}`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...openings(self)), fc.array(arbitraryStep(self)), (opening, steps) => {
          const played = playUntilDisagreement(self, [...opening, ...steps])
          if (played === undefined) return
          const { state, record, context } = played
          reached.add(state)
          const [vote, drive] = state.split(' ')
          expect(record.phase).to.equal(vote)
          expect(context.attempt === undefined).to.equal(drive === undefined || drive === 'following')
          if (context.attempt !== undefined) {
            // Nobody has been promised more than what is driven here, and 0 is the initial coordinator's alone.
            expect(record.bal).to.equal(context.attempt.ballot)
            expect(context.attempt.ballot === 0 ? self : context.attempt.ballot % n).to.equal(self)
          }
          if (record.cmd === NOP) expect(record.dep).to.eql([0, 0, 0])
        }),
        { numRuns: 1_000, seed: 1 + self },
      )
    })
  }

  it('has reached every drive, and most configurations', () => {
    for (const drive of ['following', 'preAccepting', 'accepting', 'recovering', 'validating', 'waiting'])
      expect(
        [...reached].some(state => state.endsWith(drive)),
        drive,
      ).to.equal(true)
    expect(reached.size).to.be.greaterThan(10)
  })
})
