/** A property that a world broke. */
export class Violation extends Error {
  readonly property: string
  /** What it is about: instances (`A.3`), keys, operations; the story is told of them. */
  readonly about: readonly string[]

  /** @param options with the `cause`, when an error was thrown */
  constructor(property: string, what: string, about: readonly string[] = [], options?: ErrorOptions) {
    super(`${property}: ${what}`, options)
    this.name = 'Violation'
    this.property = property
    this.about = about
  }
}
