const mib = 1024 * 1024

/** What looking at a replica may cost it. */
export const tapLimits = {
  /** Events that wait to be told; beyond them they are lost, and counted. */
  ringEventsMax: 16_384,
  /** Above this rate, of all replicas together, only one of so many instances is told of. */
  clusterEventsPerSecondMax: 10_000,
  /** How often the rate is looked at, and what was skipped is told. */
  rateWindowMs: 250,
  strideMax: 4_096,
  /** What has happened is told after this, in one frame. */
  tellDelayMs: 25,
  /** So long a replica may encode before it does something else. */
  tellSliceMs: 3,
  /** Those who look at once. */
  viewersMax: 4,
  /** Bytes that wait in the socket of one who looks: beyond them it is cut off. */
  viewerQueueBytesMax: 8 * mib,
  /** One who looks says little. */
  viewerFrameBytesMax: 4_096,
  /** Unfinished instances that are told of when somebody begins to look. */
  standingMax: 2_000,
  /** Whoever looks at several replicas waits so long for what may have come first. */
  mergeHoldMs: 150,
  /** Clocks that are no further apart, as far as arrival times tell, are taken to be equal. */
  clocksAgreeMs: 100,
  redialDelayMs: 500,
  /** Trials of each endpoint before a program that never saw a replica gives up. */
  trialsInVain: 4,
  /** Whoever looks asks so often whether the connection still is one; without an answer by the next time it is made anew. */
  viewerPingMs: 5_000,
} as const
