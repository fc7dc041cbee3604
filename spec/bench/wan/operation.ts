/** One put, and when it came how far, in simulated ms. */
export interface Operation {
  /** Its session and number. */
  readonly name: string
  /** Of the site that its client is at. */
  readonly rank: number
  /** The request has reached its site. */
  readonly arrivedMs: number
  /** Its coordinator has decided it; on the fast path this is not yet durable. */
  decidedMs: number
  /** It is committed at its coordinator: durable, and told to the others. */
  committedMs: number
  /** It went by the fast path. */
  isFast: boolean
  /** The answer, after execution, has left the site's replica; NaN before. */
  answeredMs: number
}
