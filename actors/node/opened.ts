/**
 * The open resources of a node, in the order of their opening: `createNode` closes them in reverse order, once, when a
 * start fails and when the node stops. A resource that cannot be closed keeps none of the others open.
 */
export class Opened {
  readonly #closers: (() => void | Promise<void>)[] = []
  #closing: Promise<void> | undefined

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close)
  }

  /** Closes all resources. Rejects with the first error, after all were tried. */
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
