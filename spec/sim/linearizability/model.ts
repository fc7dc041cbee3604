/** A moment on one clock; all moments of a history are of the same kind. */
export type Time = number | bigint

/**
 * What the checker needs to know of any operation: when it was called and when its answer came. `end` null: the outcome
 * is unknown; it may take effect at any moment after `start`, or never, and its result says nothing.
 */
export interface Timed {
  readonly start: Time
  readonly end: Time | null
}

/** What tells two states apart. Equal keys: no later operation of the history can tell the states apart. */
export type StateKey = string | number | boolean | symbol | null

export type Step<State> = { readonly ok: true; readonly state: State } | { readonly ok: false }

/**
 * A sequential specification of one object. It is pure.
 * An own state machine needs `init`, `step` and `key`; `insight` only makes long histories affordable.
 */
export interface Model<State, Op extends Timed> {
  readonly init: State
  /**
   * Whether `op` can happen next in `state`, with the result it had, and the state it leaves. For an operation with an
   * unknown outcome any result is right, and `ok: false` means that it would change nothing.
   */
  step(state: State, op: Op): Step<State>
  key(state: State): StateKey
  /** Facts about this history that shorten the search and never change its verdict. */
  insight?(required: readonly Op[], unknown: readonly Op[]): Insight<State>
}

/** What is known beforehand about one operation of a history. All fields may be left out. */
export interface Trait {
  /** Changes no state in which its result is right. */
  readonly readOnly?: boolean
  /** Right in every state that can be, and changes none. */
  readonly idle?: boolean
  /** The only state in which it can happen in any linearization. */
  readonly requires?: StateKey
  /** Can happen in every state, and always leaves the same one. */
  readonly blind?: boolean
  /** Can happen in every state that a hidden operation leaves, and leaves the same one as without it. */
  readonly covers?: boolean
  /** Right in several states, but not in all: it can tell that something happened that nobody read. */
  readonly picky?: boolean
  /** Leaves a state that is never observed by value, whatever it happens in. */
  readonly unread?: boolean
  /** Equal for operations that do the same in every state. */
  readonly label?: string
  /**
   * It is blind, and the only operations that can observe its state by value are these (indices of required
   * operations, read-only). With them it can be hidden just before an operation that covers it.
   */
  readonly hiddenWith?: readonly number[]
}

export interface Insight<State> {
  /** Like the model's, but may merge states that this history cannot tell apart. */
  key(state: State): StateKey
  readonly required: readonly Trait[]
  /** By operation with an unknown outcome; null: it can never matter. */
  readonly unknown: readonly (Trait | null)[]
  /** Whether the state can be entered at most once in any linearization: left, it never comes back. */
  once(key: StateKey): boolean
}
