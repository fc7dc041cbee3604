import { Heap } from '../shared/heap.ts'
import { compareTexts } from '../shared/ordered-keys.ts'

/** Keys merged between two pauses. */
const stepKeys = 2_048

/** Sorted keys of one source, and the place of the first that is not taken yet. */
interface Source {
  readonly keys: readonly string[]
  at: number
}

/**
 * Brings the keys of many small sources into one order: each is sorted by itself, then they are merged. It pauses all the
 * time, where sorting a million keys at once would hold up the loop for seconds.
 */
export function* merge(sources: readonly ReadonlyMap<string, unknown>[], take: (key: string) => void): Generator<void> {
  const heap = new Heap<Source>((a, b) => compareTexts(a.keys[a.at]!, b.keys[b.at]!) < 0)
  for (const source of sources) {
    if (source.size === 0) continue
    heap.push({ keys: [...source.keys()].sort(compareTexts), at: 0 })
    yield
  }
  for (let taken = 1; ; taken++) {
    const first = heap.pop()
    if (first === undefined) return
    take(first.keys[first.at]!)
    if (++first.at < first.keys.length) heap.push(first)
    if (taken % stepKeys === 0) yield
  }
}
