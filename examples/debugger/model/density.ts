import type { TraceEvent } from '../trace/format.ts'

const binsMax = 512
const marksMax = 2_000

/** Something that stands out in the strip. */
export interface Mark {
  readonly ms: number
  readonly cursor: number
  readonly kind: 'fault' | 'violation' | 'gap' | 'caption'
  readonly what: string
}

/** Events a bin over the whole trace, however long it is: bins grow by doubling. */
export class Density {
  #binMs = 1
  #fromMs: number | undefined
  #counts: number[] = []
  readonly #marks: Mark[] = []

  /** The width of a bin, ms. */
  get binMs(): number {
    return this.#binMs
  }
  /** Where the first bin begins, ms. */
  get fromMs(): number {
    return this.#fromMs ?? 0
  }
  get counts(): readonly number[] {
    return this.#counts
  }
  get marks(): readonly Mark[] {
    return this.#marks
  }

  add(event: TraceEvent, cursor: number): void {
    this.#fromMs ??= event.ms
    const at = Math.max(0, event.ms - this.#fromMs)
    while (at / this.#binMs >= binsMax) this.#widen()
    const bin = Math.floor(at / this.#binMs)
    while (this.#counts.length <= bin) this.#counts.push(0)
    this.#counts[bin]!++
    const { kind } = event
    if (kind !== 'fault' && kind !== 'violation' && kind !== 'gap' && kind !== 'caption') return
    if (this.#marks.length >= marksMax && kind !== 'violation') return
    const what =
      kind === 'fault'
        ? event.what
        : kind === 'gap'
          ? `${event.events} events`
          : kind === 'caption'
            ? event.text
            : event.property
    this.#marks.push({ ms: event.ms, cursor, kind, what })
  }

  /** What comes after a cursor is another future. */
  cut(timeline: { events(): Iterable<readonly [number, TraceEvent]> }): Density {
    const again = new Density()
    for (const [cursor, event] of timeline.events()) again.add(event, cursor)
    return again
  }

  #widen(): void {
    const halved: number[] = []
    this.#counts.forEach((count, at) => {
      halved[at >> 1] = (halved[at >> 1] ?? 0) + count
    })
    this.#counts = halved
    this.#binMs *= 2
  }
}
