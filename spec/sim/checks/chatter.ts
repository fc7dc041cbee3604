import type { Message } from '../../../machines/protocol/messages.ts'
import { nameOf } from '../names.ts'

/** How much is said about each instance, and for how long: what the bounds on messages are held against. */
export class Chatter {
  readonly #byId = new Map<string, { count: number; sinceMs: number; untilMs: number }>()

  said(message: Message, nowMs: number): void {
    if (!('id' in message)) return
    const name = nameOf(message.id)
    const known = this.#byId.get(name)
    if (known === undefined) this.#byId.set(name, { count: 1, sinceMs: nowMs, untilMs: nowMs })
    else {
      known.count++
      known.untilMs = nowMs
    }
  }

  /** Whatever is said from here on is counted anew. */
  restart(): void {
    this.#byId.clear()
  }

  /** The instance of which most was said for the time it took, in messages for each delay that has begun. */
  most(delayMs: number): {
    readonly name: string
    readonly count: number
    readonly overMs: number
    readonly rate: number
  } {
    let most = { name: 'none', count: 0, overMs: 0, rate: 0 }
    for (const [name, { count, sinceMs, untilMs }] of this.#byId) {
      const overMs = untilMs - sinceMs
      const rate = count / (1 + overMs / delayMs)
      if (rate > most.rate) most = { name, count, overMs, rate }
    }
    return most
  }
}
