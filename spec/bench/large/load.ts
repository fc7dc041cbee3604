import type { KvClient } from '../../../examples/kv/client.ts'

export interface LargeLoad {
  readonly puts: number
  readonly gets: number
  readonly keys: number
  /** Of each value. */
  readonly bytes: number
}

/** What the process of the large commands is to do. */
export interface BurstOrder extends LargeLoad {
  readonly endpoints: readonly string[]
  /** Of each call. */
  readonly timeoutMs: number
}

/** How the requests of one burst ended. */
export interface BurstOutcome {
  readonly asked: number
  readonly succeeded: number
  /** By the code of the error. */
  readonly failed: Readonly<Record<string, number>>
  readonly seconds: number
}

/** How both bursts ended. */
export interface Bursts {
  readonly puts: BurstOutcome
  readonly gets: BurstOutcome
}

/** All puts at once, then all gets at once, through one client. Each get is checked against a value that was put. */
export async function runLarge(client: KvClient, { puts, gets, keys, bytes }: LargeLoad): Promise<Bursts> {
  const keyOf = (at: number) => `large ${at % keys}`
  const textOf = (at: number) => `${at}`.padEnd(bytes, '.')
  const put = await burst(puts, at => client.put(keyOf(at), textOf(at)))
  const got = await burst(gets, async at => {
    const value = await client.get(keyOf(at))
    if (value?.length !== bytes || Number.parseInt(value, 10) % keys !== at % keys)
      throw new Error(`${keyOf(at)} has another value`)
  })
  return { puts: put, gets: got }
}

async function burst(asked: number, ask: (at: number) => Promise<unknown>): Promise<BurstOutcome> {
  const from = performance.now()
  const failed: Record<string, number> = {}
  const ends = await Promise.allSettled(Array.from({ length: asked }, (_, at) => ask(at)))
  for (const end of ends) {
    if (end.status === 'fulfilled') continue
    const { code, message } = end.reason as { readonly code?: string; readonly message: string }
    const name = code ?? message
    failed[name] = (failed[name] ?? 0) + 1
  }
  const succeeded = ends.filter(({ status }) => status === 'fulfilled').length
  return { asked, succeeded, failed, seconds: (performance.now() - from) / 1_000 }
}

/** A client with small commands, one after the other, until it is stopped: its waits are what others feel. */
export class Bystander {
  readonly waitsMs: number[] = []
  readonly errors: string[] = []
  readonly #client: KvClient
  readonly #ended: Promise<void>
  #hasBegun: () => void = () => undefined
  /** Its first command was answered. */
  readonly begun = new Promise<void>(resolve => {
    this.#hasBegun = resolve
  })
  #isStopped = false

  constructor(client: KvClient, name: string) {
    this.#client = client
    this.#ended = this.#run(name)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#ended
    this.#client.close()
  }

  async #run(name: string): Promise<void> {
    for (let at = 0; !this.#isStopped; at++) {
      const from = performance.now()
      try {
        if (at % 2 === 0) await this.#client.put(`${name} ${at % 10}`, `${at}`)
        else await this.#client.get(`${name} ${at % 10}`)
      } catch (error) {
        this.errors.push(String(error))
      }
      this.waitsMs.push(performance.now() - from)
      this.#hasBegun()
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
}
