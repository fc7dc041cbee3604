import { createTables, type TableStateMachine } from '../../index.ts' // elsewhere: from 'epaxos'

export type LeaderboardCommand =
  | { readonly op: 'score'; readonly player: string; readonly points: number }
  | { readonly op: 'top'; readonly count: number }

export type Row = readonly [player: string, points: number]
/** Of `score` the points of the player from now on, null where they would be beyond 2^53; of `top` the best, the first first. */
export type LeaderboardResult = number | null | readonly Row[]

/** Points of players. Scores of different players commute; `top` reads them all, and so conflicts with every score. */
export function createLeaderboard(): TableStateMachine<LeaderboardCommand, LeaderboardResult> {
  const tables = createTables()
  const points = tables.data<number>('points')
  return {
    tables,
    footprint(command) {
      check(command)
      return command.op === 'top' ? { reads: 'all', writes: [] } : { reads: [], writes: [command.player] }
    },
    apply(command) {
      if (command.op === 'top') return [...points.entries()].sort(best).slice(0, command.count)
      const sum = (points.get(command.player) ?? 0) + command.points
      if (!Number.isSafeInteger(sum)) return null
      points.set(command.player, sum)
      return sum
    },
  }
}

/** By points, then by name: no two rows are equal, so that the order is the same at every replica. */
const best = ([a, ofA]: Row, [b, ofB]: Row): number => ofB - ofA || (a < b ? -1 : 1)

/** @throws TypeError: clients may send anything, and nothing unsound must reach `apply` */
function check(command: LeaderboardCommand): void {
  const isSound =
    (command?.op === 'score' && typeof command.player === 'string' && Number.isSafeInteger(command.points)) ||
    (command?.op === 'top' && Number.isSafeInteger(command.count) && command.count > 0 && command.count <= 1_000)
  if (!isSound) throw new TypeError('expected a score of a player, or the top 1 to 1000')
}
