/** A property that a world has broken. */
export class Violation extends Error {
  readonly property: string

  constructor(property: string, story: string) {
    super(`${property}: ${story}`)
    this.name = 'Violation'
    this.property = property
  }
}
