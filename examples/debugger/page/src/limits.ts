/** What the page does in one frame, and what it shows at once. */
export const pageLimits = {
  /** So long a frame takes events in, ms; the others wait in the program. */
  takeInMs: 7,
  /** Events taken in between two looks at the clock. */
  takeInEvents: 100,
  /** Events that are held for going back. */
  heldEventsMax: 200_000,
  /** What a live cluster does is drawn no faster than this, ms: it may need the processor that draws. By hand all is drawn at once. */
  liveFrameMs: 125,
  /** Tables and words follow no faster than this, ms. */
  calmMs: 200,
  /** Nodes of the dependencies. */
  nodesMax: 160,
  /** Events of the space-time diagram, and how many are looked at for them. */
  diagramEventsMax: 2_000,
  diagramScannedMax: 30_000,
  /** An instance that is not executed for so long is said to be blocked, ms. */
  blockedMs: 1_000,
  /** Rows of a table. */
  rowsMax: 400,
  redialDelayMs: 1_000,
} as const
