/**
 * Everything that a node has opened, in its order: `createNode` closes all of it in the reverse order, once, when a start fails
 * and when the node stops. One that cannot be closed keeps none of the others open.
 */
export class Opened {
  readonly #closers: (() => void | Promise<void>)[] = []
  #closing: Promise<void> | undefined

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close)
  }

  /** Rejects with the first error, after all was tried. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    const errors: unknown[] = []
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
