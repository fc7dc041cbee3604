/**
 * The kept answer of an applied command: its result, encoded when it was made, or that it failed
 * ([section 5](../../machines/protocol/README.md#section-5)). It is equal at every replica; of a failure nothing else is
 * kept, since the words of an error are not.
 */
export type Answer = Uint8Array | typeof applyFailed

/** The code of a command on which the state machine threw, or whose result is no plain data. */
export const applyFailed = 'applyFailed'

/** The words with which a failure is answered, the same at every replica. */
export const applyFailedReason =
  'the state machine threw on the command, or gave a result that is no plain data; the log of a replica says which'
