/** What a world checks. */
export type ViolationProperty =
  | 'agreement'
  | 'visibility'
  | 'execution order'
  | 'exactly once'
  | 'durability'
  | 'linearizability'
  | 'liveness'
  | 'messages'
  | 'equal states'
  | 'invariant'
  | 'lost disk'
  | 'statechart'
  | 'time'
  | 'judge'

/** A property that a world broke. */
export class Violation extends Error {
  readonly property: ViolationProperty
  /** What was found; the message says the property before it. */
  readonly what: string
  /** What it is about: instances (`A.3`), keys, operations; the story is told of them. */
  readonly about: readonly string[]

  /** @param options with the `cause`, when an error was thrown */
  constructor(property: ViolationProperty, what: string, about: readonly string[] = [], options?: ErrorOptions) {
    super(`${property}: ${what}`, options)
    this.name = 'Violation'
    this.property = property
    this.what = what
    this.about = about
  }
}
