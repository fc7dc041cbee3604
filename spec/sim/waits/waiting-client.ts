import { put } from '../../../examples/kv/commands.ts'
import type { Draw } from '../world/random.ts'
import type { Setting } from '../world/setting.ts'
import type { Site } from '../world/site.ts'

const thinkMs = 50
const retryMs = 10

/** A client of one replica, with one command at a time: refused, it tries again, and has waited all the while. */
export class WaitingClient {
  readonly #setting: Setting
  readonly #site: Site
  readonly #draw: Draw
  readonly #key: string
  readonly #waits: { readonly endMs: number; readonly ms: number }[] = []
  readonly #name: string
  readonly #thinkMs: number
  #count = 0
  #beganMs: number | undefined

  constructor(setting: Setting, site: Site, at: number, keys: 'hot' | 'own', meanMs = thinkMs) {
    this.#setting = setting
    this.#thinkMs = meanMs
    this.#site = site
    this.#name = `${site.name}${at}`
    this.#draw = setting.draw.fork(`client ${this.#name}`)
    this.#key = keys === 'hot' ? 'hot' : this.#name
    this.#later(this.#draw.exponential(this.#thinkMs), () => this.#begin())
  }

  longestSince(ms: number): number {
    return Math.max(0, ...this.waitsSince(ms))
  }

  /** Its waits that ended after this time, and the one that has not ended. */
  waitsSince(ms: number): readonly number[] {
    const { nowMs } = this.#setting.events
    const open = this.#beganMs === undefined ? [] : [{ endMs: nowMs, ms: nowMs - this.#beganMs }]
    return [...this.#waits, ...open].filter(({ endMs }) => endMs >= ms).map(wait => wait.ms)
  }

  #later(delayMs: number, run: () => void): void {
    this.#setting.events.after(delayMs, run)
  }

  #begin(): void {
    this.#beganMs = this.#setting.events.nowMs
    this.#count++
    this.#ask()
  }

  #ask(): void {
    const { life } = this.#site
    if (life?.replica.state !== 'voting') {
      this.#later(retryMs, () => this.#ask())
      return
    }
    const { codec } = this.#setting
    const payload = codec.encodeData([`${this.#name}.${this.#count}`, put(this.#key, `${this.#count}`)])
    let isSettled = false
    const settled = (isDone: boolean): void => {
      if (isSettled) return
      isSettled = true
      life.process.after(0, () => handler.closed('answered'))
      if (isDone) this.#end()
      else this.#later(retryMs, () => this.#ask())
    }
    const handler = life.replica.connected({
      send(answers) {
        for (const { type } of answers) if (type !== 'welcome') settled(type === 'result')
      },
      // A replica that ends does not know what became of it: it counts as answered then, and another begins.
      close: () => settled(true),
    })
    life.process.after(0, () => handler.requests([{ type: 'propose', request: 1, payload }]))
  }

  #end(): void {
    const { nowMs } = this.#setting.events
    this.#waits.push({ endMs: nowMs, ms: nowMs - this.#beganMs! })
    this.#beganMs = undefined
    this.#later(this.#draw.exponential(this.#thinkMs), () => this.#begin())
  }
}
