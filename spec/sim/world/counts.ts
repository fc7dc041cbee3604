/** What happened in one world, in numbers. */
export interface Counts {
  commands: number
  answered: number
  unknown: number
  crashes: number
  /** Replicas that left as they were asked to. */
  drains: number
  healedPartitions: number
  fast: number
  slow: number
  nops: number
  recoveries: number
  messages: number
  /** How often a replica on a disk that is not its own was not let in by a peer. */
  disowned: number
  /** Commands that replicas proposed because a time had come: a key with a time to live is to end. */
  due: number
  simulatedMs: number
  /** After the healing, until all was executed everywhere, in longest recovery delays. */
  settledDelays: number
  /**
   * Messages after the healing about the instance that took most, for each pair of replicas and each longest recovery
   * delay that they were sent in.
   */
  messagesPerPairDelay: number
  /** How often each rule of [the protocol](../../../machines/protocol/README.md) was taken. */
  readonly rules: Map<string, number>
}

export const newCounts = (): Counts => ({
  commands: 0,
  answered: 0,
  unknown: 0,
  crashes: 0,
  drains: 0,
  healedPartitions: 0,
  fast: 0,
  slow: 0,
  nops: 0,
  recoveries: 0,
  messages: 0,
  disowned: 0,
  due: 0,
  simulatedMs: 0,
  settledDelays: 0,
  messagesPerPairDelay: 0,
  rules: new Map(),
})
