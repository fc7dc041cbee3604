import { biasedPlan, longPlan, type RunOptions, strangeWorkload } from '../../spec/sim/index.ts'

/** Which worlds are run: those of the standard plan, biased ones, or one long life; and what runs in them. */
export interface WhichWorlds {
  readonly biased: boolean
  readonly hours: number | undefined
  /** A state machine of strange habits, in place of the key-value store. */
  readonly strange: boolean
}

export const worldsOf = ({ biased, hours, strange }: WhichWorlds): Pick<RunOptions, 'plan' | 'workload'> => ({
  plan: hours !== undefined ? () => longPlan(hours) : biased ? biasedPlan : undefined,
  workload: strange ? strangeWorkload : undefined,
})
