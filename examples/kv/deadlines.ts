import { Heap } from '../../actors/shared/heap.ts'

type Deadline = readonly [key: string, atMs: number]

/**
 * Which keys end by themselves, and when (ms since 1970). A deadline is also the version that an `expire` names: another
 * put has another one, or the same, and then it is due at the same time.
 */
export class Deadlines {
  readonly #at = new Map<string, number>()
  /** In order of time; those that do not stand any more go when they come up. */
  #queue = new Heap<Deadline>(([, a], [, b]) => a < b)

  get(key: string): number | undefined {
    return this.#at.get(key)
  }

  set(key: string, atMs: number): void {
    this.#at.set(key, atMs)
    this.#queue.push([key, atMs])
    // Keys that are put again and again leave one behind each time.
    if (this.#queue.size > 2 * this.#at.size + 1_000) this.#rebuild()
  }

  delete(key: string): void {
    this.#at.delete(key)
  }

  clear(): void {
    this.#at.clear()
    this.#queue.clear()
  }

  /** Those that have passed at `nowMs`, the earliest first, at most `max`. They stay until they are deleted. */
  due(nowMs: number, max: number): readonly Deadline[] {
    const due = new Map<string, number>()
    for (let next = this.#queue.first; next !== undefined && next[1] <= nowMs; next = this.#queue.first) {
      if (due.size >= max) break
      this.#queue.pop()
      const [key, atMs] = next
      if (this.#at.get(key) === atMs) due.set(key, atMs)
    }
    for (const each of due) this.#queue.push(each)
    return [...due]
  }

  #rebuild(): void {
    this.#queue.clear()
    for (const each of this.#at) this.#queue.push(each)
  }
}
