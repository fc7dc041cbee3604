import type { LoadPlan, Pace } from './load-plan.ts'

/** How a pace is told. */
export const paceLabel = (pace: Pace): string =>
  pace.kind === 'open'
    ? `${pace.ratePerSecond}/s due`
    : pace.pipelined
      ? `${pace.inFlight} in flight`
      : `${pace.inFlight} client${pace.inFlight === 1 ? '' : 's'}`

export type Shape = Omit<LoadPlan, 'pace' | 'conflictShare'>

/** Every pace with every conflict share. */
export const pointsOf = (
  paces: readonly Pace[],
  conflictShares: readonly number[],
  shape: Shape,
): readonly LoadPlan[] =>
  conflictShares.flatMap(conflictShare => paces.map(pace => ({ ...shape, pace, conflictShare })))
