/** The reasons why no command is proposed now. Each says when the next one is. */
export const gateReasons = {
  notVoting: 'this replica does not vote: it proposes nothing',
  nothingWaits: 'no command waits to be proposed',
  noQuorum: 'too few are heard of to decide anything: the others would make Nops of what is proposed',
  windowFull: 'the next index lies half an index window above what is committed: the others would reject it',
  gathering: 'commands gather for the next batch while an own instance is under way',
  inFlight: 'as many own instances as may be are under way, or all that waits is on keys with too many of them',
} as const
export type GateReason = keyof typeof gateReasons
export type GateVerdict = 'open' | GateReason
