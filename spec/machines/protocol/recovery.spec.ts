import { expect } from 'chai'
import { NOP } from '../../../machines/protocol/commands.ts'
import { noDependencies } from '../../../machines/protocol/dependencies.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { initialRecord, type Record } from '../../../machines/protocol/record.ts'
import {
  type Invalidating,
  invalidates,
  judgeRecoverOks,
  judgeValidateOks,
  judgeWait,
  type MemberVerdict,
  verdictOn,
} from '../../../machines/protocol/recovery.ts'
import { letters, literalRecover, literalValidated, literalWait } from './support/literal-recovery.ts'
import { product } from './support/product.ts'
import { candidateDep, candidateOf, idOf, payload, repliesOf, tellOf } from './support/replies.ts'

/** All sets of at least `least` of n ranks. */
const quorumsFrom = (n: number, least: number): number[][] =>
  [...product([false, true], n)]
    .map(members => members.flatMap((isIn, rank) => (isIn ? [rank] : [])))
    .filter(quorum => quorum.length >= least)

describe('recovery: rule 4.3', () => {
  for (const n of [1, 2, 3, 4, 5]) {
    it(`says what the rule says, for every set of replies, n = ${n}`, () => {
      const quorums = quorumsOf(n)
      const tally = new Map<string, number>()
      for (const replies of product(letters, n))
        for (const coordinator of n < 5 ? Array.from({ length: n }, (_, rank) => rank) : [0, 3]) {
          const step = judgeRecoverOks(idOf(coordinator), quorums, repliesOf(n, replies, coordinator))
          const expected = literalRecover(quorums, coordinator, replies)
          if (tellOf(step) !== expected)
            expect.fail(`${replies}, coordinator ${coordinator}: ${tellOf(step)}, not ${expected}`)
          if (step !== undefined) tally.set(step.rule, (tally.get(step.rule) ?? 0) + 1)
        }
      // With fewer than three there is no quorum without the coordinator.
      expect([...tally.keys()].sort()).to.eql(
        n < 3 ? ['4.3.1', '4.3.2', '4.3.3'] : ['4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5'],
      )
    })
  }

  it('4.3.4: proposes the dependencies that the coordinator proposed', () => {
    const step = judgeRecoverOks(idOf(0), quorumsOf(3), repliesOf(3, ['none', 'agrees', 'initial'], 0))
    expect(step).to.deep.include({ candidate: candidateOf(3, [1, 2], 1) })
  })

  it('a Nop has no dependencies', () => {
    const step = judgeRecoverOks(idOf(0), quorumsOf(3), repliesOf(3, ['agrees', 'agrees', 'none'], 0))
    expect(step).to.deep.include({ step: 'accept', cmd: NOP, dep: [0, 0, 0] })
  })
})

describe('recovery: rule 4.4', () => {
  const id = idOf(0)
  const base: Record = { ...initialRecord(3), initCmd: payload, cmd: payload, phase: 'preAccepted' }
  const reader = { footprint: { reads: ['x'], writes: [] }, payloads: [] }
  const stranger = { footprint: { reads: [], writes: ['y'] }, payloads: [] }
  const knowsId = [9, 0, 0]

  const cases: readonly (readonly [string, Partial<Record>, boolean])[] = [
    ['uncommitted, conflicting, id not in initDep', {}, true],
    ['uncommitted, id in initDep', { initDep: knowsId }, false],
    ['uncommitted: dep does not count', { dep: knowsId }, true],
    ['uncommitted, payload unknown', { initCmd: undefined }, false],
    ['uncommitted: cmd does not count', { initCmd: undefined, phase: 'accepted' }, false],
    ['an accepted Nop is judged by its payload', { cmd: NOP, phase: 'accepted' }, true],
    ['uncommitted, commutes', { initCmd: stranger }, false],
    ['a reader of what is written', { initCmd: reader }, true],
    ['committed, conflicting, id not in dep', { phase: 'committed' }, true],
    ['committed, id in dep', { phase: 'committed', dep: knowsId }, false],
    ['committed: initDep does not count', { phase: 'committed', initDep: knowsId }, true],
    ['committed Nop', { phase: 'committed', cmd: NOP }, false],
    ['committed, commutes', { phase: 'committed', cmd: stranger }, false],
  ]
  for (const [name, change, expected] of cases)
    it(`${name}: ${expected ? 'could' : 'could not'} invalidate`, () => {
      expect(invalidates(id, payload, { ...base, ...change })).to.equal(expected)
    })
})

describe('recovery: rule 4.5', () => {
  for (const n of [3, 4, 5]) {
    it(`4.5.1 to 4.5.3: says what the rule says, for every Q, |R| and I of up to two members, n = ${n}`, () => {
      const quorums = quorumsOf(n)
      const rivals = Array.from({ length: n - 1 }, (_, at) => at + 1).flatMap(rank => [
        { id: idOf(rank), committed: false },
        { id: idOf(rank), committed: true },
      ])
      const I: Invalidating[][] = [[], ...rivals.map(each => [each]), ...[...product(rivals, 2)].map(pair => [...pair])]
      for (const quorum of quorumsFrom(n, quorums.slow))
        for (let k = Math.max(1, quorum.length - quorums.e); k <= quorum.length; k++)
          for (const found of I) {
            // Told by the first, by the last, or by several of Q.
            const answers = quorum.map((_, at) => found.filter((_each, which) => which === at % 2))
            const step = judgeValidateOks(quorums, candidateOf(n, quorum, k), answers)
            const told = answers.flat().map(each => [each.id.rank, each.committed] as const)
            const expected = literalValidated(quorums.e, new Set(quorum), k, told)
            if (tellOf(step) !== expected) expect.fail(`Q ${quorum} k ${k} I ${JSON.stringify(told)}: ${tellOf(step)}`)
          }
    })
  }

  it('4.5.3: waits for each member once, whoever named it', () => {
    const both = [
      { id: idOf(1), committed: false },
      { id: idOf(2), committed: false },
    ]
    const step = judgeValidateOks(quorumsOf(3), candidateOf(3, [1, 2], 2), [both, both])
    expect(step).to.eql({ step: 'wait', rule: '4.5.3', members: [idOf(1), idOf(2)] })
  })

  it('4.5.3: the verdict on a member', () => {
    expect(verdictOn(idOf(0), NOP, noDependencies(3))).to.equal('settled')
    expect(verdictOn(idOf(0), payload, [9, 0, 0])).to.equal('settled')
    expect(verdictOn(idOf(0), payload, [8, 9, 9])).to.equal('invalidates')
  })

  it('4.5.3: ends exactly when the rule lets it, for every state of two members and every late reply, n = 5', () => {
    const quorums = quorumsOf(5)
    const quorum = [1, 2, 3]
    const states = product<MemberVerdict | undefined>([undefined, 'settled', 'invalidates'], 2)
    for (const verdicts of states)
      for (const waitingKs of product([0, 1, 2], 2))
        for (const [own, other] of product(letters, 2)) {
          const members = verdicts.map((verdict, at) => ({ id: idOf(at + 1), verdict, waitingK: waitingKs[at]! }))
          // Whatever Q itself has answered plays no part any more.
          const replies = repliesOf(5, [own!, 'initial', 'agrees', 'agrees', other!], 0)
          const step = judgeWait(idOf(0), quorums, candidateOf(5, quorum, 2), members, replies)
          const allowed = literalWait(quorums.waitingThreshold, members, [
            { letter: own!, isCoordinator: true },
            { letter: other!, isCoordinator: false },
          ])
          const found = step === undefined ? 'goes on' : tellOf(step)
          if (!(allowed.size === 0 ? found === 'goes on' : allowed.has(found)))
            expect.fail(`${verdicts} ${waitingKs} ${own} ${other}: ${found}, allowed ${[...allowed]}`)
        }
  })

  it('4.5.3: proposes the candidate with the dependencies validated', () => {
    const members = [{ id: idOf(1), verdict: 'settled' as const, waitingK: 0 }]
    const step = judgeWait(idOf(0), quorumsOf(3), candidateOf(3, [1, 2], 2), members, [])
    expect(step).to.deep.include({ step: 'accept', cmd: payload, dep: candidateDep(3) })
  })
})
