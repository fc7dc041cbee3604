import { setTimeout as sleep } from 'node:timers/promises'
import type { KvClient } from '../../../examples/kv/client.ts'
import { connectKv } from '../../../examples/kv/connect.ts'
import { createRandom } from '../../../examples/kv/workload/random.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'

export interface LoadOptions {
  /** One connection to each, shared by its part of the clients. */
  readonly endpoints: readonly string[]
  /** Commands in flight: each client has one. */
  readonly clients: number
  readonly keys: number
  /** Ends every wait for the load. */
  readonly signal: AbortSignal
}

const valueBytes = 64
const timeoutMs = 10_000
const pauseAfterFailureMs = 20

interface Mark {
  readonly at: number
  readonly reached: () => void
}

/** Puts without end: every command writes, and nothing is recorded but counts, so that the load costs little itself. */
export class Load {
  readonly #connections: readonly KvClient[]
  readonly #clients: Promise<unknown>
  readonly #marks = new Set<Mark>()
  readonly #aborted: Promise<never>
  /** Commands that were not answered with their result, by the code of their error. */
  readonly failures = new Map<string, number>()
  #answered = 0
  #isOver = false

  constructor({ endpoints, clients, keys, signal }: LoadOptions) {
    // Each goes elsewhere when its own is no use.
    this.#connections = endpoints.map((_, at) =>
      connectKv({ endpoints: [...endpoints.slice(at), ...endpoints.slice(0, at)], timeoutMs }),
    )
    this.#aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    // Also when nobody waits just then.
    this.#aborted.catch(() => undefined)
    this.#clients = Promise.all(Array.from({ length: clients }, (_, at) => this.#client(at, keys)))
  }

  get answered(): number {
    return this.#answered
  }

  /** Resolves once so many commands more are answered. @throws whatever a client throws that is no answer; the signal's reason */
  async more(commands: number): Promise<void> {
    const at = this.#answered + commands
    const reached = new Promise<void>(resolve => this.#marks.add({ at, reached: resolve }))
    await Promise.race([reached, this.#clients, this.#aborted])
  }

  /** No command begins any more; resolves when the last is answered. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.race([this.#clients, this.#aborted])
    this.abandon()
  }

  /** Ends at once, whatever is in flight. */
  abandon(): void {
    this.#isOver = true
    for (const each of this.#connections) each.close()
  }

  async #client(at: number, keys: number): Promise<void> {
    const connection = this.#connections[at % this.#connections.length]!
    const random = createRandom(at)
    const draw = (below: number) => Math.floor(random() * below)
    for (let count = 0; !this.#isOver; count++) {
      try {
        await connection.put(`key${draw(keys)}`, `${at}.${count}.`.padEnd(valueBytes, 'x'))
        this.#count()
      } catch (error) {
        if (!(error instanceof EpaxosError)) throw error
        this.failures.set(error.code, (this.failures.get(error.code) ?? 0) + 1)
        await sleep(pauseAfterFailureMs)
      }
    }
  }

  #count(): void {
    this.#answered++
    for (const mark of this.#marks) {
      if (mark.at > this.#answered) continue
      this.#marks.delete(mark)
      mark.reached()
    }
  }
}
