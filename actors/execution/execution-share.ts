/** The bounds of a share, each of them about. */
interface Bounds {
  readonly instances: number
  readonly commands: number
  readonly bytes: number
}

/**
 * What one turn may execute, about: some milliseconds of work. An instance may be a batch of many commands, or of large ones,
 * and after a load, or a disk that hung, thousands are ready at once.
 */
export const turnShare: Bounds = { instances: 64, commands: 256, bytes: 512 * 1024 }

/** What reads one turn may answer, about: a get of a large value takes some milliseconds, one of a small one a microsecond. */
export const readsShare: Bounds = { instances: 1_024, commands: 1_024, bytes: 512 * 1024 }

/**
 * A share of the work that is ready to be executed. The executor notes in it what it has executed, and begins no further
 * component once it is used up: a component is never divided (B25).
 */
export class ExecutionShare {
  readonly #bounds: Bounds
  #instances = 0
  #commands = 0
  #bytes = 0

  constructor(bounds: Bounds = turnShare) {
    this.#bounds = bounds
  }

  /** Notes the execution of an instance, or of a read. @param bytes of an instance's payloads, or of a read's answer */
  took(commands: number, bytes: number): void {
    this.#instances++
    this.#commands += commands
    this.#bytes += bytes
  }

  get isUsedUp(): boolean {
    const { instances, commands, bytes } = this.#bounds
    return this.#instances >= instances || this.#commands >= commands || this.#bytes >= bytes
  }
}
