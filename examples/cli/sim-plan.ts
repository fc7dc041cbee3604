import { biasedPlan, longPlan, type RunOptions } from '../../spec/sim/index.ts'

/** Which worlds are run: those of the standard plan, biased ones, or one long life. */
export interface WhichWorlds {
  readonly biased: boolean
  readonly hours: number | undefined
}

export const planOf = ({ biased, hours }: WhichWorlds): RunOptions['plan'] =>
  hours !== undefined ? () => longPlan(hours) : biased ? biasedPlan : undefined
