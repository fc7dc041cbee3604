import { Heap } from '../../actors/shared/heap.ts'
import type { Table } from '../../actors/shared/tables.ts'

type Deadline = readonly [key: string, atMs: number]

/** Keys looked at in one go while the queue is made anew. */
const scannedAtOnce = 4_096

/**
 * Which keys end by themselves, and when (ms since 1970). A deadline is also the version that an `expire` names: another
 * put has another one, or the same, and then it is due at the same time.
 */
export class Deadlines {
  /** What stands: the moment of each key that ends, as a text. */
  readonly #table: Table<string>
  /** Made of the table. In order of time; those that do not stand any more go when they come up. */
  readonly #queue = new Heap<Deadline>(([, a], [, b]) => a < b)

  /** Where the queue is being made anew: the keys from this one on are still to be looked at. Undefined: it is whole. */
  #scannedTo: string | undefined

  /** @param table ordered, so that it can be gone through a part at a time */
  constructor(table: Table<string>) {
    this.#table = table
  }

  get(key: string): number | undefined {
    const at = this.#table.get(key)
    return at === undefined ? undefined : Number(at)
  }

  set(key: string, atMs: number): void {
    this.#table.set(key, String(atMs))
    this.#queue.push([key, atMs])
    // Keys that are put again and again leave one behind each time.
    if (this.#queue.size > 2 * this.#table.size + 1_000 && this.#scannedTo === undefined) this.rebuild()
  }

  delete(key: string): void {
    if (this.#table.size > 0) this.#table.delete(key)
  }

  /**
   * Those that have passed at `nowMs`, the earliest first, at most `max`. They stay until they are deleted. While the queue
   * is made anew, some come later.
   */
  due(nowMs: number, max: number): readonly Deadline[] {
    this.#scan()
    const due = new Map<string, number>()
    for (let next = this.#queue.first; next !== undefined && next[1] <= nowMs; next = this.#queue.first) {
      if (due.size >= max) break
      this.#queue.pop()
      const [key, atMs] = next
      if (this.get(key) === atMs) due.set(key, atMs)
    }
    for (const each of due) this.#queue.push(each)
    return [...due]
  }

  /** Makes the queue anew, some of it whenever what is due is asked for: a million at once would hold up everything. */
  rebuild(): void {
    this.#queue.clear()
    this.#scannedTo = ''
  }

  #scan(): void {
    if (this.#scannedTo === undefined) return
    let left = scannedAtOnce
    for (const key of this.#table.keys({ from: this.#scannedTo })) {
      if (left-- === 0) {
        this.#scannedTo = key
        return
      }
      this.#queue.push([key, Number(this.#table.get(key))])
    }
    this.#scannedTo = undefined
  }
}
