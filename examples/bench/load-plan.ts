/** How operations begin. */
export type Pace =
  /** So many logical clients, each begins an operation when its last one is answered; or one client that keeps so many in flight. */
  | { readonly kind: 'closed'; readonly inFlight: number; readonly pipelined: boolean }
  /** A Poisson process: operations begin when they are due, answered or not. What is beyond `inFlightMax` waits, on its own time. */
  | { readonly kind: 'open'; readonly ratePerSecond: number; readonly inFlightMax: number }

/** Which keys operations are on. */
export type KeyPlan =
  /** `keys` of each client's own, in turn. */
  | { readonly kind: 'own'; readonly keys: number }
  | { readonly kind: 'uniform'; readonly keys: number }
  | { readonly kind: 'zipf'; readonly keys: number; readonly exponent: number }

/** One run of load on one target. Plain data. */
export interface LoadPlan {
  readonly pace: Pace
  readonly keys: KeyPlan
  /** Each put is on the one shared key with this probability. */
  readonly conflictShare: number
  /** Reads of all operations; the others are puts. */
  readonly readShare: number
  readonly valueBytes: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly seed: number
}

/** Operations in flight at once, at most. */
export const inFlightOf = (pace: Pace): number => (pace.kind === 'closed' ? pace.inFlight : pace.inFlightMax)
