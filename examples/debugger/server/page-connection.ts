import type { WebSocket } from 'ws'
import { fromPage } from './from-page.ts'
import { serverLimits } from './limits.ts'
import type { FromPage, ToPage } from './protocol.ts'
import type { LogReader, TraceLog } from './trace-log.ts'

/** What a page may ask for beside reading: the source says what it can do. */
export interface PageSource {
  /** @returns why it cannot be done; undefined when it is */
  ask(message: Exclude<FromPage, { type: 'ack' }>): string | undefined
  /** A page reads further: what waited for that goes on. */
  resume(): void
  /** What a page is told first, after the header. */
  greeting(): readonly ToPage[]
}

/** One page that reads along. It is sent no more than it takes in; when it takes nothing it falls behind, and is told so. */
export class PageConnection implements LogReader {
  acked = 0
  #sent = 0
  /** What cursors of the page lack to be those of the log. */
  #offset = 0
  readonly #socket: WebSocket
  readonly #log: TraceLog
  readonly #source: PageSource
  readonly #leave: () => void

  constructor(socket: WebSocket, log: TraceLog, source: PageSource) {
    this.#socket = socket
    this.#log = log
    this.#source = source
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : fromPage(String(data))
      if (message === undefined) socket.close(1003, 'expected one JSON object of a type that is known')
      else this.#receivedOrClosed(message)
    })
    this.#leave = log.follow(this)
    socket.on('close', () => this.#leave())
  }

  opened(): void {
    this.acked = 0
    this.#sent = 0
    this.#offset = 0
    this.tell({ type: 'open', header: this.#log.header! })
    for (const each of this.#source.greeting()) this.tell(each)
    this.changed()
  }

  changed(): void {
    if (this.#sent < this.#log.first) this.#skipTo(this.#log.first)
    while (this.#sent < this.#log.last && this.#sent - this.acked < serverLimits.aheadEventsMax) {
      const events = this.#log.read(this.#sent, serverLimits.batchEventsMax)
      if (!this.tell({ type: 'events', events })) return
      this.#sent += events.length
    }
  }

  cut(after: number): void {
    if (this.#sent <= after) return
    this.#sent = after
    this.acked = Math.min(this.acked, after)
    this.tell({ type: 'cut', after: after - this.#offset })
  }

  /** @returns false when it is cut off: it does not read */
  tell(message: ToPage): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    if (this.#socket.bufferedAmount > serverLimits.pageQueueBytesMax) {
      this.#leave()
      this.#socket.terminate()
      return false
    }
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** The trace went on without it: it begins anew where it is now, and a gap says what is missing. */
  #skipTo(first: number): void {
    const { header } = this.#log
    const missing = first - this.#sent
    this.tell({ type: 'open', header: header! })
    const ms = this.#log.read(first, 1)[0]?.ms ?? 0
    this.tell({
      type: 'events',
      events: [{ kind: 'gap', ms, at: header!.members[0]!, events: missing, why: 'this page was too slow' }],
    })
    this.#offset = first - 1
    this.#sent = first
    this.acked = first
  }

  /** What it asks for may fail: that ends its connection, and neither the others nor the program. */
  #receivedOrClosed(message: FromPage): void {
    try {
      this.#received(message)
    } catch {
      this.#socket.close(1011, 'it could not be done')
    }
  }

  #received(message: FromPage): void {
    if (message.type === 'ack') {
      const cursor = message.cursor + this.#offset
      if (!Number.isSafeInteger(cursor) || cursor > this.#sent || cursor < this.acked) return
      this.acked = cursor
      this.changed()
      this.#source.resume()
      return
    }
    const why = this.#source.ask(message)
    if (why !== undefined) this.tell({ type: 'refused', why })
  }
}
