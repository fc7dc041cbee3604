import type { Mutant } from '../mutant.ts'
import { dependencies } from './dependencies.ts'
import { digests } from './digests.ts'
import { durability } from './durability.ts'
import { eviction } from './eviction.ts'
import { execution } from './execution.ts'
import { failingCommands } from './failing-commands.ts'
import { fasterRule } from './faster-rule.ts'
import { progress } from './progress.ts'
import { quorums } from './quorums.ts'
import { reads } from './reads.ts'
import { recovery } from './recovery.ts'
import { restarts } from './restarts.ts'
import { sessions } from './sessions.ts'
import { snapshots } from './snapshots.ts'
import { storeLives } from './store-lives.ts'
import { timeToLive } from './time-to-live.ts'
import { truncation } from './truncation.ts'
import { votes } from './votes.ts'
import { votesBeforeState } from './votes-before-state.ts'
import { whatCannotBe } from './what-cannot-be.ts'

/** Where a mutant stands in the table: the rows of section 9 by letter and number, then those of our own. */
function placeOf({ rows: [first = ''] }: Mutant): number {
  const [, letter = '', number] = /^([BLDTCS])(\d+)/.exec(first) ?? []
  return letter === '' ? Number.POSITIVE_INFINITY : 'BLDTCS'.indexOf(letter) * 100 + Number(number)
}

const inOrder = (a: Mutant, b: Mutant): number => {
  const [first, second] = [placeOf(a), placeOf(b)]
  return first === second ? 0 : first - second
}

/** All mutants: each must be caught. */
export const mutants: readonly Mutant[] = [
  ...quorums,
  ...votes,
  ...dependencies,
  ...recovery,
  ...progress,
  ...durability,
  ...restarts,
  ...fasterRule,
  ...execution,
  ...reads,
  ...truncation,
  ...eviction,
  ...snapshots,
  ...votesBeforeState,
  ...sessions,
  ...failingCommands,
  ...digests,
  ...storeLives,
  ...timeToLive,
  ...whatCannotBe,
].sort(inOrder)
export { pending } from './pending.ts'
