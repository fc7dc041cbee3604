import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import type { Clock } from '../../../machines/protocol/clock.ts'
import type { ClientConnector, ConnectionEnd, ServerConnectionEvents } from '../../../net/clients.ts'

/** Time that passes when told to. */
export class ManualClock implements Clock {
  #now = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter(timer => timer !== handle)
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Lets time pass, timers in order, and the promises that follow from each. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const [next] = this.#timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.clearTimeout(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settled()
    }
    this.#now = end
  }
}

/** Lets every promise that can go on do so. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** One connection as the replica's side of a spec drives it. */
export interface FakeServer {
  readonly endpoint: string
  readonly frames: (readonly ClientRequest[])[]
  readonly isClosed: boolean
  open(): Promise<void>
  answer(...answers: ClientAnswer[]): Promise<void>
  end(code: ConnectionEnd['code'], reason?: string): Promise<void>
}

/** A connector without a network: every connection waits for the spec to say what becomes of it. */
export class FakeConnector implements ClientConnector {
  readonly servers: FakeServer[] = []

  get last(): FakeServer {
    return this.servers.at(-1)!
  }

  get endpoints(): readonly string[] {
    return this.servers.map(server => server.endpoint)
  }

  connect(endpoint: string, events: ServerConnectionEvents): ReturnType<ClientConnector['connect']> {
    const frames: (readonly ClientRequest[])[] = []
    let isClosed = false
    const end = async (code: ConnectionEnd['code'], reason: string = code): Promise<void> => {
      isClosed = true
      events.ended({ code, reason })
      await settled()
    }
    this.servers.push({
      endpoint,
      frames,
      get isClosed() {
        return isClosed
      },
      open: async () => {
        events.open({
          type: 'welcome',
          protocolMajor: 1,
          protocolMinor: 0,
          cluster: 'test',
          member: 1,
          members: [1, 2, 3],
          build: undefined,
        })
        await settled()
      },
      answer: async (...answers) => {
        events.answers(answers)
        await settled()
      },
      end,
    })
    return {
      send: requests => {
        frames.push(requests)
      },
      close: () => {
        isClosed = true
        queueMicrotask(() => events.ended({ code: 'closed', reason: 'closed by the client' }))
      },
    }
  }
}
