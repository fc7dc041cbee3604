import type { Replica } from '../../../actors/replica/replica.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import { greatest } from '../../../machines/protocol/truncation.ts'
import type { Site } from './site.ts'

/** Per row, the highest index that any of them has heard of. */
export const knownTo = (sites: readonly Site[]): Dependencies =>
  sites.map(({ life }) => life!.replica.progress().known).reduce(greatest)

/** A state machine that may fail gives its state only sometimes. */
export function digestOf(replica: Replica): string {
  for (let tries = 1; ; tries++) {
    try {
      return replica.digest()
    } catch (error) {
      if (tries === triesMax) throw error
    }
  }
}
const triesMax = 5

/** They have executed the same, and all up to `known`. */
export function areEqual(sites: readonly Site[], known: Dependencies): boolean {
  const all = sites.map(({ life }) => life!.replica.progress())
  const [first] = all
  return all.every(
    ({ executed, executedPrefix }) =>
      executedPrefix.every((index, rank) => index >= known[rank]! && index === first!.executedPrefix[rank]) &&
      executed === executedPrefix.reduce((sum, index) => sum + index, 0),
  )
}
