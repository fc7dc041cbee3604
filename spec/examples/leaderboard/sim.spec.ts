import { expect } from 'chai'
import {
  createLeaderboard,
  type LeaderboardCommand,
  type LeaderboardResult,
} from '../../../examples/leaderboard/state-machine.ts'
// Elsewhere: from 'epaxos/sim'.
import { checkObject, type Model, type Operation, runSeed, storyOf, type Workload } from '../../sim/index.ts'

type Seen = Operation<LeaderboardCommand, LeaderboardResult>

/** What one player's points do: a score adds to them, and the top shows them. */
interface Step {
  readonly start: number
  readonly end: number | null
  readonly add: number
  /** Points that the answer shows; undefined where there was no answer. */
  readonly shown: number | undefined
}
const pointsOfOne: Model<number, Step> = {
  init: 0,
  key: points => points,
  step: (points, { add, end, shown }) =>
    end === null || shown === points + add ? { ok: true, state: points + add } : { ok: false },
}

const players = ['anna', 'ben', 'carl']

const workload: Workload<LeaderboardCommand, LeaderboardResult> = {
  stateMachine: createLeaderboard,
  nextCommand: draw =>
    draw.chance(0.2)
      ? { op: 'top', count: players.length }
      : { op: 'score', player: players[draw.whole(0, 2)]!, points: draw.whole(1, 9) },
  /** Each player's history has to be that of one counter: to every operation a moment between its call and its answer. */
  judge(history) {
    for (const player of players) {
      const steps = history.flatMap(seen => stepOf(seen, player))
      const { verdict } = checkObject(pointsOfOne, steps)
      if (verdict !== 'linearizable') return { what: `the points of ${player} are ${verdict}`, about: [] }
    }
    return undefined
  },
}

function stepOf({ command, result, startMs, endMs }: Seen, player: string): Step[] {
  const common = { start: startMs, end: endMs ?? null }
  if (command.op === 'score')
    return command.player === player ? [{ ...common, add: command.points, shown: result as number | undefined }] : []
  if (!Array.isArray(result)) return []
  return [{ ...common, add: 0, shown: result.find(([name]) => name === player)?.[1] ?? 0 }]
}

describe('examples/leaderboard: a test of an own state machine in seeded worlds', function () {
  this.timeout(120_000)

  it('stands crashes, partitions and lost messages, seed after seed', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const report = runSeed(seed, { workload })
      expect(report.violation?.message, storyOf(report, { workload }).join('\n')).to.equal(undefined)
      expect(report.counts.answered).to.be.above(20)
    }
  })

  it('finds a state machine that says less than it touches', () => {
    const careless: typeof workload = {
      ...workload,
      stateMachine: () => ({
        ...createLeaderboard(),
        footprint: () => ({ reads: [], writes: [] }),
      }),
    }
    let found: string | undefined
    for (let seed = 1; found === undefined && seed <= 10; seed++)
      found = runSeed(seed, { workload: careless }).violation?.message
    expect(found).to.be.a('string')
  })
})
