/** Operations that begin and end by a pace. */
export interface Loop {
  start(): void
  /** No operation begins any more; resolves when the last is settled. */
  stop(): Promise<void>
}
