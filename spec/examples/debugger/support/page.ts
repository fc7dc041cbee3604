import { WebSocket } from 'ws'
import { Timeline } from '../../../../examples/debugger/model/timeline.ts'
import type { FromPage, ToPage } from '../../../../examples/debugger/server/protocol.ts'

/** What the page does with what it is told, without anything to look at. */
export class Page {
  timeline: Timeline | undefined
  world: Extract<ToPage, { type: 'world' }> | undefined
  readonly refused: string[] = []
  opened = 0
  closed: number | undefined
  readonly #socket: WebSocket
  #listeners: (() => void)[] = []

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', data => this.#told(JSON.parse(String(data)) as ToPage))
    socket.on('close', code => {
      this.closed = code
      this.#changed()
    })
  }

  /** @throws Error when the server refuses, with its status */
  static open(url: string, origin = new URL(url).origin): Promise<Page> {
    const at = new URL(url)
    const socket = new WebSocket(`ws://${at.host}/trace${at.search}`, { origin })
    const page = new Page(socket)
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(page)).on('error', reject)
    })
  }

  say(message: FromPage): void {
    this.#socket.send(JSON.stringify(message))
  }

  /** Resolves once it is so; @throws Error that shows what was looked for, after `withinMs` */
  until(isMet: () => boolean, withinMs = 120_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${isMet}: not within ${withinMs} ms`))
      const timer = setTimeout(late, withinMs)
      const look = () => {
        if (!isMet()) return
        clearTimeout(timer)
        this.#listeners = this.#listeners.filter(each => each !== look)
        resolve()
      }
      this.#listeners.push(look)
      look()
    })
  }

  close(): void {
    this.#socket.terminate()
  }

  #told(message: ToPage): void {
    if (message.type === 'open') {
      this.opened++
      this.timeline = new Timeline(message.header)
    } else if (message.type === 'events') {
      this.timeline!.append(message.events)
      this.say({ type: 'ack', cursor: this.timeline!.last })
    } else if (message.type === 'cut') this.timeline!.cut(message.after)
    else if (message.type === 'world') this.world = message
    else if (message.type === 'refused') this.refused.push(message.why)
    this.#changed()
  }

  #changed(): void {
    for (const each of [...this.#listeners]) each()
  }
}
