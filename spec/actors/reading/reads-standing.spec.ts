import { expect } from 'chai'
import { ReadsTeller, readsStanding } from '../../../actors/reading/reads-standing.ts'
import type { Round } from '../../../actors/reading/round.ts'
import type { ReadsStanding } from '../../../actors/shared/reads-verdict.ts'
import { ledgerOf } from '../support/ledger.ts'

/** Reads of a replica for which everything is as it should be, but for what the spec changes. */
function setUp() {
  const told: string[] = []
  const state = { votes: true, hearsQuorum: true, isHeld: false, waiting: 1, heardOf: [0, 1] }
  const awaited: { rank: number; index: number; isKnown: boolean }[] = []
  const ports = {
    life: {
      get votes() {
        return state.votes
      },
    },
    links: {
      peers: [1, 2],
      get hearsQuorum() {
        return state.hearsQuorum
      },
    },
    execution: {
      get isHeld() {
        return state.isHeld
      },
    },
    ledger: ledgerOf(3).ledger,
    tap: {
      readsChanged: ({ verdict, awaits, waiting }: ReadsStanding) =>
        told.push([verdict, ...(awaits ? [`${awaits.rank}.${awaits.index}`] : []), waiting].join(' ')),
    },
  }
  const round = {
    answers: {
      get isEnough() {
        return state.heardOf.length > 1
      },
      has: (rank: number) => state.heardOf.includes(rank),
    },
    get oldestAwaited() {
      return awaited[0]
    },
  } as unknown as Round
  const standing = (oldest: Round | undefined = round) => readsStanding(ports, state.waiting, oldest)
  return { ports, state, awaited, told, standing, teller: new ReadsTeller(ports) }
}

describe('what reads wait for', () => {
  it('is one thing, where nothing waits too', () => {
    const cases = [
      ['nothingWaits', { waiting: 0 }],
      ['notVoting', { waiting: 0, votes: false, hearsQuorum: false }],
      ['noQuorum', { waiting: 0, hearsQuorum: false }],
      ['stateReplaced', { isHeld: true }],
      ['roundUnderWay', { heardOf: [0] }],
      ['unsettled', {}],
    ] as const
    for (const [verdict, change] of cases) {
      const { state, standing, awaited } = setUp()
      awaited.push({ rank: 2, index: 7, isKnown: true })
      Object.assign(state, change)
      expect(standing().verdict, verdict).to.equal(verdict)
    }
    const { state, ports } = setUp()
    expect(readsStanding(ports, state.waiting, undefined).verdict, 'no round has begun').to.equal('gathering')
  })

  it('names the instance, and who has not answered', () => {
    const { state, standing, awaited } = setUp()
    awaited.push({ rank: 2, index: 7, isKnown: false })
    expect(standing()).to.deep.include({ verdict: 'unknownPayload', awaits: { epoch: 1, rank: 2, index: 7 } })
    state.heardOf = [0]
    expect(standing()).to.deep.include({ verdict: 'roundUnderWay', unanswered: [1, 2] })
  })

  it('is told when it changes, and costs nothing without an observer', () => {
    const { state, standing, awaited, told, teller, ports } = setUp()
    const tell = () => teller.tell(standing)
    state.heardOf = [0]
    for (let turn = 0; turn < 3; turn++) tell()
    state.heardOf = [0, 1]
    for (const index of [7, 7, 8]) {
      awaited[0] = { rank: 2, index, isKnown: true }
      tell()
    }
    state.waiting = 0
    tell()
    expect(told).to.deep.equal(['roundUnderWay 1', 'unsettled 2.7 1', 'unsettled 2.8 1', 'nothingWaits 0'])
    new ReadsTeller({ ...ports, tap: undefined }).tell(() => expect.fail('nobody asks'))
  })
})
