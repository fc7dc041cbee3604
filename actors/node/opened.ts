/** The open resources of a node, in the order of their opening: `createNode` closes them in reverse order, once. */
export class Opened {
  readonly #closers: (() => void | Promise<void>)[] = []
  #closing: Promise<void> | undefined

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close)
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close()
  }
}
