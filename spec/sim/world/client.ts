import type { Draw } from './random.ts'

/** One client of a world, with one operation at a time. */
export class Client {
  readonly name: string
  readonly draw: Draw
  /** Its session; undefined before the first, and when that has expired. */
  session: string | undefined
  /** Operations that it gave up: it goes on as another client then. */
  lives = 0
  #sequence = 0

  constructor(name: string, draw: Draw) {
    this.name = name
    this.draw = draw
  }

  /** As the linearizability checker knows it. */
  get alias(): string {
    return `${this.name}.${this.lives}`
  }

  /** The number of its operation in its session. */
  get sequence(): number {
    return this.#sequence
  }

  /** A new operation. */
  begin(): void {
    this.#sequence++
  }
}
