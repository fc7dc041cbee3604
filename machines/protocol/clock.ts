/**
 * Time as replicas, networks and stores see it: injected, so that a simulated world can replace it. The shape is
 * XState's clock. Only its type is here, where all of them may import it: decisions have no clock.
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

/** A source of randomness: the next number, 0 <= x < 1. */
export type Random = () => number
