import { setTimeout as sleep } from 'node:timers/promises'
import { connectKv } from '../../../examples/kv/connect.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'

/** What the clients of one replica saw while flushes hung. Times in ms. */
export interface Seen {
  readonly longestMs: number
  /** How many commands ended so: `ok`, or the code of the error. */
  readonly ends: Readonly<Record<string, number>>
}

const pauseMs = 2
const sharedKey = 'hot'

/** A client of one replica alone: puts in turn a key that all share, and one of its own. */
export class HungClient {
  readonly member: number
  /** Acknowledged puts of own keys. */
  readonly acknowledged = new Map<string, string>()
  readonly #ended: Promise<void>
  #isStopped = false
  #fromMs = Number.POSITIVE_INFINITY
  #longestMs = 0
  #ends: Record<string, number> = {}
  #answeredMs: number | undefined

  /** @param limitMs of each command */
  constructor(member: number, endpoint: string, name: string, limitMs: number) {
    this.member = member
    this.#ended = this.#run(endpoint, name, limitMs)
  }

  /** From here on waits are looked at, those that are under way too. */
  look(): void {
    this.#fromMs = performance.now()
    this.#longestMs = 0
    this.#ends = {}
    this.#answeredMs = undefined
  }

  /** Since `look`. */
  get seen(): Seen {
    return { longestMs: this.#longestMs, ends: { ...this.#ends } }
  }

  /** The time from `look` until the first command was answered with its result; undefined: none was. */
  get answeredAfterMs(): number | undefined {
    return this.#answeredMs === undefined ? undefined : this.#answeredMs - this.#fromMs
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#ended
  }

  async #run(endpoint: string, name: string, limitMs: number): Promise<void> {
    const client = connectKv({ endpoints: [endpoint], timeoutMs: limitMs })
    for (let count = 0; !this.#isStopped; count++) {
      const key = count % 2 === 0 ? sharedKey : `${name}.${count}`
      const value = `${name} ${count}`
      const sinceMs = performance.now()
      const how = await client.put(key, value).then(
        () => 'ok',
        (error: unknown) => {
          if (!(error instanceof EpaxosError)) throw error
          return error.code
        },
      )
      const nowMs = performance.now()
      if (how === 'ok' && key !== sharedKey) this.acknowledged.set(key, value)
      if (nowMs >= this.#fromMs) {
        this.#longestMs = Math.max(this.#longestMs, nowMs - sinceMs)
        this.#ends[how] = (this.#ends[how] ?? 0) + 1
        if (how === 'ok') this.#answeredMs ??= nowMs
      }
      await sleep(pauseMs)
    }
    client.close()
  }
}

/** What clients saw together. */
export const together = (all: readonly Seen[]): Seen => {
  const ends: Record<string, number> = {}
  for (const each of all) for (const [code, count] of Object.entries(each.ends)) ends[code] = (ends[code] ?? 0) + count
  return { longestMs: Math.max(0, ...all.map(each => each.longestMs)), ends }
}
