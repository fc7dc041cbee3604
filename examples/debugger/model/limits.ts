/** What the model keeps: the older goes, and it is counted. */
export const modelLimits = {
  /** Instances; the oldest that are executed everywhere go first. */
  instancesMax: 5_000,
  /** Steps of an instance at one replica. */
  stepsMax: 64,
  /** Latencies and round trips of which percentiles are taken. */
  samplesMax: 512,
  roundTripsMax: 32,
  componentsMax: 1_000,
  /** Messages under way: older ones are taken for lost. */
  flyingMax: 10_000,
  faultsMax: 1_000,
  /** Events of a trace that are held for going back. */
  eventsMax: 400_000,
  /** Events between two keyframes. */
  keyframeEvents: 2_000,
  keyframesMax: 200,
} as const
