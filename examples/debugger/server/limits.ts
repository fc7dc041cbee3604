const mib = 1024 * 1024

/** What the program holds for its pages, and how long it waits for one. */
export const serverLimits = {
  /** Events of the trace that are held in memory; older ones are gone, and whoever reads them hears of a gap. */
  heldEventsMax: 500_000,
  /** Events beyond those that a page has taken in. */
  aheadEventsMax: 20_000,
  /** Events in one message. */
  batchEventsMax: 1_000,
  pagesMax: 16,
  /** Bytes that wait in a page's socket: beyond them it is cut off. */
  pageQueueBytesMax: 32 * mib,
  /** One message of a page. */
  pageMessageBytesMax: 64 * 1024,
  /** How long a world may run before others get their turn, ms. */
  worldSliceMs: 12,
  /** A page that answers no ping for so long is cut off. */
  pageSilentMs: 30_000,
} as const
