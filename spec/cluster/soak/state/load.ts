import { setTimeout as sleep } from 'node:timers/promises'
import { Latencies } from '../../../../examples/bench/latencies.ts'
import type { KvClient } from '../../../../examples/kv/client.ts'
import { connectKv } from '../../../../examples/kv/connect.ts'
import { createRandom } from '../../../../examples/kv/workload/random.ts'
import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import { Window, type WindowReport } from './window.ts'

export interface StateLoadOptions {
  /** One connection to each, shared by its part of the clients; it goes elsewhere when its own is no use. */
  readonly endpoints: readonly string[]
  readonly clients: number
  readonly keys: number
  readonly valueBytes: number
}

const timeoutMs = 60_000
const pauseAfterFailureMs = 20
/** Puts in flight while the state is filled. */
const fillInFlight = 2_000
/** How often a load with a rate looks at what it may send. */
const tickMs = 2

export const keyOf = (number: number): string => `key${number}`
/** A value says which put wrote it. */
export const valueBy = (writer: string, bytes: number): string => `${writer}.`.padEnd(bytes, 'x').slice(0, bytes)

/** Uniform puts on a state of a given size: a fill of every key once, then closed loops, measured window by window. */
export class StateLoad {
  readonly #options: StateLoadOptions
  readonly #connections: KvClient[]
  readonly #left: KvClient[] = []
  #window = new Window(Latencies.empty())
  #loops: Promise<unknown> = Promise.resolve()
  #isStopped = true
  #isAbandoned = false
  /** Puts that may begin now, where a rate bounds them. */
  #allowance = Number.POSITIVE_INFINITY

  constructor(options: StateLoadOptions) {
    this.#options = options
    this.#connections = options.endpoints.map((_, at) => this.#connect(at))
  }

  /** Bytes of all keys and values. */
  get dataBytes(): number {
    const { keys, valueBytes } = this.#options
    let bytes = keys * valueBytes
    // Keys of as many digits are as long.
    for (let from = 0, digits = 1; from < keys; digits++) {
      const upTo = Math.min(keys, 10 ** digits)
      bytes += (upTo - from) * keyOf(from).length
      from = upTo
    }
    return bytes
  }

  /** Puts every key once, many at a time. @param progress called after each tenth */
  async fill(progress: (done: number) => void): Promise<WindowReport> {
    const { keys, valueBytes } = this.#options
    this.#begin()
    let next = 0
    let tenths = 0
    const filler = async (at: number): Promise<void> => {
      while (next < keys && !this.#isAbandoned) {
        const key = next++
        while (!(await this.#put(at, keyOf(key), valueBy('fill', valueBytes))) && !this.#isAbandoned);
        const tenth = Math.floor((10 * this.#window.answered) / keys)
        if (tenth > tenths) progress(this.#window.answered)
        tenths = tenth
      }
    }
    await Promise.all(Array.from({ length: Math.min(fillInFlight, keys) }, (_, at) => filler(at)))
    return this.next()
  }

  /** Begins the loops of the clients, and a window. @param perSecond puts a second at most; left out: as fast as they are answered */
  start(perSecond?: number): void {
    this.#begin()
    this.#allowance = perSecond === undefined ? Number.POSITIVE_INFINITY : 0
    const paced = perSecond === undefined ? [] : [this.#pace(perSecond)]
    const clients = Array.from({ length: this.#options.clients }, (_, at) => this.#client(at))
    this.#loops = Promise.all([...clients, ...paced])
  }

  /** Ends a window, and begins the next. */
  next(): WindowReport {
    const report = this.#window.end()
    this.#window = this.#window.following()
    return report
  }

  /** No put begins any more; resolves when the last is answered. */
  async stop(): Promise<WindowReport> {
    const report = this.next()
    this.#isStopped = true
    await this.#loops
    return report
  }

  /** A load of so long, as one window. */
  async during(ms: number, signal: AbortSignal): Promise<WindowReport> {
    this.start()
    await sleep(ms, undefined, { signal })
    return this.stop()
  }

  /** The clients of a replica that came back talk to it again. */
  reconnect(at: number): void {
    this.#left.push(this.#connections[at]!)
    this.#connections[at] = this.#connect(at)
  }

  /** Ends at once, whatever is in flight. */
  close(): void {
    this.#isStopped = true
    this.#isAbandoned = true
    for (const each of [...this.#connections, ...this.#left]) each.close()
  }

  #connect(at: number): KvClient {
    const { endpoints } = this.#options
    return connectKv({ endpoints: [...endpoints.slice(at), ...endpoints.slice(0, at)], timeoutMs })
  }

  #begin(): void {
    this.#isStopped = false
    this.#window = new Window(Latencies.empty())
  }

  async #client(at: number): Promise<void> {
    const { keys, valueBytes } = this.#options
    const random = createRandom(at)
    for (let count = 0; !this.#isStopped; count++) {
      while (this.#allowance < 1 && !this.#isStopped) await sleep(tickMs)
      this.#allowance--
      await this.#put(at, keyOf(Math.floor(random() * keys)), valueBy(`${at}.${count}`, valueBytes))
    }
  }

  async #pace(perSecond: number): Promise<void> {
    let lastMs = performance.now()
    while (!this.#isStopped) {
      await sleep(tickMs)
      const nowMs = performance.now()
      // What a stall held back does not come all at once.
      this.#allowance = Math.min(this.#allowance + ((nowMs - lastMs) / 1_000) * perSecond, perSecond / 10 + 1)
      lastMs = nowMs
    }
  }

  /** @returns whether it was answered */
  async #put(at: number, key: string, value: string): Promise<boolean> {
    const sentMs = performance.now()
    try {
      await this.#connections[at % this.#connections.length]!.put(key, value)
      this.#window.answer(sentMs, performance.now())
      return true
    } catch (error) {
      if (!(error instanceof EpaxosError)) throw error
      // What is closed at the end fails: that is no failure of the cluster.
      if (this.#isAbandoned) return false
      this.#window.failed(error.code)
      await sleep(pauseAfterFailureMs)
      return false
    }
  }
}
