import { type KvClient, kvClientOver } from '../../../../examples/kv/client.ts'
import { createClient, createCodec, createWsConnector, defaultLimits, systemClock } from '../../../../index.ts'
import { EpaxosError } from '../../../../machines/protocol/errors.ts'
import { countingResends, type Resends } from './resends.ts'

/** The key that everybody counts on. */
export const counter = 'counter'

/** What clients were told of their increments. */
export interface Tally {
  /** The sum that each acknowledged increment was answered with. */
  readonly sums: number[]
  /** Increments that may have been executed. */
  unknown: number
  /** Increments that certainly were not. */
  refused: number
  /** Milliseconds: the longest wait for a sum. */
  longestWaitMs: number
  readonly resends: Resends
}

export interface CountOptions {
  readonly endpoints: readonly string[]
  /** Each prefers one of the endpoints, in turn. */
  readonly clients: number
  readonly timeoutMs: number
}

/** Clients that count on one key as fast as they are answered, and leave it to the library to send again. */
export class CountLoad {
  readonly tally: Tally = { sums: [], unknown: 0, refused: 0, longestWaitMs: 0, resends: { all: 0, elsewhere: 0 } }
  readonly #counting: Promise<unknown>
  #isOver = false

  constructor({ endpoints, clients, timeoutMs }: CountOptions) {
    const codec = createCodec(defaultLimits)
    this.#counting = Promise.all(
      Array.from({ length: clients }, async (_, at) => {
        const first = at % endpoints.length
        const connector = createWsConnector({ codec, clock: systemClock, limits: defaultLimits })
        const client = createClient({
          endpoints: [...endpoints.slice(first), ...endpoints.slice(0, first)],
          connector: countingResends(connector, this.tally.resends),
          timeoutMs,
        })
        const kv = kvClientOver(client)
        try {
          while (!this.#isOver) await this.#count(kv)
        } finally {
          kv.close()
        }
      }),
    )
    // Who ends the load hears of it.
    this.#counting.catch(() => {})
  }

  /** Waits for what is under way. @throws whatever no client should have met */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#counting
  }

  async #count(kv: KvClient): Promise<void> {
    const from = performance.now()
    try {
      this.tally.sums.push(await kv.incr(counter))
      this.tally.longestWaitMs = Math.max(this.tally.longestWaitMs, Math.round(performance.now() - from))
    } catch (error) {
      if (!(error instanceof EpaxosError)) throw error
      // An expired session: an earlier sending of the command may have been applied.
      if (error.code === 'unknown' || error.code === 'sessionExpired') this.tally.unknown++
      else if (error.code === 'unavailable' || error.code === 'overloaded') this.tally.refused++
      else throw error
    }
  }
}
