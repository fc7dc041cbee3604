import type { TraceEvent } from '../trace/format.ts'
import { serverLimits } from './limits.ts'
import type { PageSource } from './page-connection.ts'
import type { ToPage } from './protocol.ts'
import type { TraceLog } from './trace-log.ts'

/** A trace that is there already, in a file or in memory: it is read as pages take it in. */
export class FileSource implements PageSource {
  readonly #log: TraceLog
  readonly #events: AsyncIterator<TraceEvent> | Iterator<TraceEvent>
  readonly #failed: (error: unknown) => void
  #isReading = false
  #isOver = false

  /** @param failed the rest of it cannot be read: once, told in the trace, too */
  constructor(
    log: TraceLog,
    events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>,
    failed: (error: unknown) => void = () => undefined,
  ) {
    this.#log = log
    this.#failed = failed
    this.#events = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]()
    this.resume()
  }

  ask(): string {
    return 'this trace is a recording: only a seeded world can be run'
  }

  greeting(): readonly ToPage[] {
    return [{ type: 'source', kind: 'recording' }]
  }

  resume(): void {
    if (this.#isReading || this.#isOver) return
    this.#isReading = true
    void this.#read().finally(() => {
      this.#isReading = false
    })
  }

  async #read(): Promise<void> {
    try {
      while (!this.#isOver && this.#log.isWanted) {
        const batch: TraceEvent[] = []
        while (batch.length < serverLimits.batchEventsMax) {
          const { value, done } = await this.#events.next()
          if (done === true) {
            this.#isOver = true
            break
          }
          batch.push(value)
        }
        this.#log.append(batch)
      }
    } catch (error) {
      this.#isOver = true
      const ms = this.#log.read(this.#log.last - 1, 1)[0]?.ms ?? 0
      this.#log.append([{ kind: 'end', ms, why: error instanceof Error ? error.message : String(error) }])
      this.#failed(error)
    }
  }
}
