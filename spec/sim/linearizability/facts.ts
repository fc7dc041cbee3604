import type { Insight, Model, StateKey, Timed, Trait } from './model.ts'
import type { Timeline } from './timeline.ts'

const plain: Trait = {}

/**
 * The model and its insight, made ready for one search: states are numbered by their keys, traits and the questions the
 * search asks of them are looked up by index.
 */
export class Facts<State, Op extends Timed> {
  readonly timeline: Timeline<Op>
  readonly required: readonly Trait[]
  readonly unknown: readonly (Trait | null)[]
  /** The state that an operation requires, as a number; -1 when it requires none. */
  readonly requiredState: Int32Array
  readonly unknownRequiredState: Int32Array
  /** The operation with an unknown outcome before this one that does the same; -1 when there is none. */
  readonly sameBefore: Int32Array
  /** A required operation can be hidden from this step on; Infinity when never. */
  readonly hidableFrom: Float64Array
  readonly initial: number
  readonly #model: Model<State, Op>
  readonly #insight: Insight<State> | undefined
  readonly #numbers = new Map<StateKey, number>()
  readonly #states: State[] = []
  readonly #once: boolean[] = []
  readonly #lastDemand: number[] = []
  /** By step: the first step at or after it at which a picky operation is called. */
  readonly #nextPicky: Float64Array
  /** By step: the first return of a blind operation that is called at or after it. */
  readonly #nextCovered: Float64Array

  constructor(model: Model<State, Op>, timeline: Timeline<Op>) {
    const { required, unknown, calledAt } = timeline
    const insight = model.insight?.(required, unknown)
    this.timeline = timeline
    this.#model = model
    this.#insight = insight
    this.required = insight?.required ?? required.map(() => plain)
    this.unknown = insight?.unknown ?? unknown.map(() => plain)
    this.initial = this.#number(model.init)
    this.requiredState = Int32Array.from(this.required, trait => this.#required(trait))
    this.unknownRequiredState = Int32Array.from(this.unknown, trait => this.#required(trait))
    for (const [index, state] of this.requiredState.entries()) {
      if (state >= 0) this.#lastDemand[state] = Math.max(this.#lastDemand[state]!, calledAt[index]!)
    }
    this.sameBefore = this.#chainSame()
    this.hidableFrom = Float64Array.from(this.required, ({ hiddenWith }) =>
      hiddenWith === undefined ? Infinity : hiddenWith.reduce((last, reader) => Math.max(last, calledAt[reader]!), 0),
    )
    this.#nextPicky = this.#firstFrom(trait => trait.picky === true, calledAt)
    this.#nextCovered = this.#firstFrom(
      trait => trait.blind === true,
      Int32Array.from(required, (_, index) => index),
    )
  }

  /** The state's number after a required operation (`index`) or one with an unknown outcome; -1: it cannot happen. */
  after(state: number, index: number, known: boolean): number {
    const needed = known ? this.requiredState[index]! : this.unknownRequiredState[index]!
    if (needed >= 0 && needed !== state) return -1
    const op = known ? this.timeline.required[index]! : this.timeline.unknown[index]!
    const result = this.#model.step(this.#states[state]!, op)
    return result.ok ? this.#number(result.state) : -1
  }

  /** Whether a read-only operation's result is right in the state. */
  agrees(state: number, index: number): boolean {
    if (this.required[index]!.idle === true) return true
    const needed = this.requiredState[index]!
    if (needed >= 0) return needed === state
    return this.#model.step(this.#states[state]!, this.timeline.required[index]!).ok
  }

  /** Whether an operation that is called after `step` can happen in this state alone, which never comes back. */
  awaited(state: number, step: number): boolean {
    return this.#once[state]! && this.#lastDemand[state]! > step
  }

  comesBack(state: number): boolean {
    return !this.#once[state]!
  }

  /**
   * Whether hiding `index` at `step` costs nothing: nobody could notice its absence later. A picky operation could, from
   * now until something is sure to have covered it even if it happened as late as it can.
   */
  freelyHidden(index: number, step: number): boolean {
    const picky = this.#nextPicky[step + 1] ?? Infinity
    return picky === Infinity || picky > (this.#nextCovered[index + 1] ?? Infinity)
  }

  #required(trait: Trait | null): number {
    return trait?.requires === undefined ? -1 : this.#numberOfKey(trait.requires)
  }

  #number(state: State): number {
    const number = this.#numberOfKey(this.#insight === undefined ? this.#model.key(state) : this.#insight.key(state))
    if (!(number in this.#states)) this.#states[number] = state
    return number
  }

  #numberOfKey(key: StateKey): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(key, number)
    this.#once.push(this.#insight?.once(key) ?? false)
    this.#lastDemand.push(-1)
    return number
  }

  #chainSame(): Int32Array {
    const last = new Map<string, number>()
    return Int32Array.from(this.unknown, (trait, index) => {
      if (trait?.label === undefined) return -1
      const before = last.get(trait.label) ?? -1
      last.set(trait.label, index)
      return before
    })
  }

  /** By step of the call: the least `value` of an operation that is called then or later. */
  #firstFrom(chosen: (trait: Trait) => boolean, value: Int32Array): Float64Array {
    const { calledAt } = this.timeline
    const first = new Float64Array(calledAt.length + 1).fill(Infinity)
    for (const [index, trait] of this.required.entries()) {
      const step = calledAt[index]!
      if (chosen(trait)) first[step] = Math.min(first[step]!, value[index]!)
    }
    for (let step = calledAt.length - 1; step >= 0; step--) first[step] = Math.min(first[step]!, first[step + 1]!)
    return first
  }
}
