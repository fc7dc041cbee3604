import type { WebSocket } from 'ws'
import { serverLimits } from './limits.ts'
import { PageConnection, type PageSource } from './page-connection.ts'
import type { ToPage } from './protocol.ts'
import type { TraceLog } from './trace-log.ts'

/** The connected pages of a debug server. Each is pinged; one that does not answer is cut off. */
export class Pages {
  readonly #log: TraceLog
  readonly #source: PageSource
  readonly #changed: ((count: number) => void) | undefined
  readonly #pages = new Set<PageConnection>()

  /** @param changed hears how many pages there are, whenever one came or went */
  constructor(log: TraceLog, source: PageSource, changed: ((count: number) => void) | undefined) {
    this.#log = log
    this.#source = source
    this.#changed = changed
  }

  get isFull(): boolean {
    return this.#pages.size >= serverLimits.pagesMax
  }

  accept(socket: WebSocket): void {
    socket.on('error', () => socket.terminate())
    const page = new PageConnection(socket, this.#log, this.#source)
    this.#pages.add(page)
    this.#changed?.(this.#pages.size)
    const endPings = ping(socket)
    socket.on('close', () => {
      endPings()
      this.#pages.delete(page)
      this.#changed?.(this.#pages.size)
    })
  }

  tellAll(message: ToPage): void {
    for (const page of this.#pages) page.tell(message)
  }
}

/** Pings a socket, and ends it when a ping was not answered before the next. @returns what ends that */
function ping(socket: WebSocket): () => void {
  let isAlive = true
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate()
    isAlive = false
    socket.ping()
  }, serverLimits.pageSilentMs)
  socket.on('pong', () => {
    isAlive = true
  })
  return () => clearInterval(timer)
}
