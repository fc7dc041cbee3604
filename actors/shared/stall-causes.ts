/** What held the event loop for most of a stall, in the words of events and of the status. */
export const stallCauses = {
  snapshot: 'a snapshot was taken or read',
  digest: 'the state was hashed for a comparison',
  load: 'the state was loaded',
  execution: 'commands were executed',
  flush: 'records were encoded for a flush',
  turn: 'messages and requests were worked off',
  collection: 'garbage was collected',
  processor: 'the process had no processor: others had it, or it was stopped',
  unknown: 'by something else in the process',
} as const
export type StallCause = keyof typeof stallCauses
