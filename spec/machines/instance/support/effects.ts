/** The effects of the chart, which have no body of their own. */
export const effects = [
  'writeRecord',
  'reply',
  'broadcast',
  'sendTo',
  'announceCommit',
  'announceTold',
  'awaitFastPath',
  'awaitMembers',
] as const

/** Bodies that do nothing, for `instanceMachine.provide`. */
export const silentEffects = Object.fromEntries(effects.map(name => [name, () => undefined]))
