import { residentBytes } from '../cluster/soak/process-use.ts'

const mib = 1024 * 1024
const everyMs = 500

/** A process that must neither end nor grow without bound. */
export interface Watched {
  readonly name: string
  /** Undefined once it has ended. */
  pid(): number | undefined
}

/** Looks at the memory of processes while a run lasts. */
export class MemoryWatch {
  readonly #processes: readonly Watched[]
  readonly #most = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(processes: readonly Watched[]) {
    this.#processes = processes
    this.#timer = setInterval(() => this.look(), everyMs)
  }

  /** The most resident memory of each process so far, MiB. */
  get mostMib(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#most].map(([name, bytes]) => [name, Math.round(bytes / mib)]))
  }

  look(): void {
    for (const { name, pid } of this.#processes) {
      const bytes = bytesOf(pid())
      if (bytes !== undefined) this.#most.set(name, Math.max(bytes, this.#most.get(name) ?? 0))
    }
  }

  end(): void {
    this.look()
    clearInterval(this.#timer)
  }
}

function bytesOf(pid: number | undefined): number | undefined {
  try {
    return pid === undefined ? undefined : residentBytes(pid)
  } catch {
    // It has just ended, which is told elsewhere.
    return undefined
  }
}
