import type { LoadPlan, Pace } from './load-plan.ts'

/** How a pace is told. */
export const paceLabel = (pace: Pace): string =>
  pace.kind === 'open'
    ? `${pace.ratePerSecond}/s due`
    : pace.pipelined
      ? `${pace.inFlight} in flight`
      : `${pace.inFlight} client${pace.inFlight === 1 ? '' : 's'}`

/** Size of a value, unless told otherwise. */
export const usualValueBytes = 64

/** How a point of load is told: its pace, and what is unusual of it. */
export const pointLabel = ({ pace, conflictShare, valueBytes }: LoadPlan): string =>
  [
    paceLabel(pace),
    ...(conflictShare === 0 ? [] : [`c = ${conflictShare}`]),
    ...(valueBytes === usualValueBytes ? [] : [`${valueBytes} bytes`]),
  ].join(', ')

/** What the points of a suite differ in. */
export interface Axes {
  readonly paces: readonly Pace[]
  readonly conflictShares: readonly number[]
  readonly valueBytes: readonly number[]
}

export type Shape = Omit<LoadPlan, 'pace' | 'conflictShare' | 'valueBytes'>

/** Every pace with every conflict share and every size of a value. */
export const pointsOf = ({ paces, conflictShares, valueBytes }: Axes, shape: Shape): readonly LoadPlan[] =>
  valueBytes.flatMap(bytes =>
    conflictShares.flatMap(conflictShare => paces.map(pace => ({ ...shape, pace, conflictShare, valueBytes: bytes }))),
  )
