import type { KeyRange } from '../../actors/shared/ordered-keys.ts'
import { createTables } from '../../actors/tables/create-tables.ts'
import { Deadlines } from './deadlines.ts'
import { decodeEntries } from './earlier-snapshot.ts'
import type { Text } from './validation.ts'

/** The store as an operation finds it that only reads: no limit and no clock, which may differ between replicas. */
export interface Readable {
  /** Null: the key is absent. */
  get(key: string): string | null
  has(key: string): boolean
  /** Whether this is the value of the key; null: it is absent. Compared as bytes where both are. */
  is(key: string, value: Text | null): boolean
  /** When the key ends by itself, ms since 1970; undefined: never. */
  deadlineOf(key: string): number | undefined
  /** In the order of their bytes. */
  keys(range?: KeyRange): Iterable<string>
}

/** The store as an operation finds it that writes. */
export interface Writable extends Readable {
  /** Sets a key. It ends at this deadline, or never: an earlier deadline is gone. */
  set(key: string, value: Text, deadlineMs?: number): void
  /** Sets a key that ends when it did before. */
  change(key: string, value: Text): void
  delete(key: string): void
}

/** The state of the store: a table of texts in order, some of which end by themselves. */
export class Store implements Writable {
  readonly tables = createTables()
  readonly #values = this.tables.text('values', { ordered: true })
  readonly #deadlines = new Deadlines(this.tables.text('deadlines', { ordered: true }))

  get size(): number {
    return this.#values.size
  }

  get(key: string): string | null {
    return this.#values.get(key) ?? null
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  is(key: string, value: Text | null): boolean {
    if (value === null) return !this.has(key)
    return this.#values.view(key)?.equals(value) ?? false
  }

  deadlineOf(key: string): number | undefined {
    return this.#deadlines.get(key)
  }

  keys(range?: KeyRange): Iterable<string> {
    return this.#values.keys(range)
  }

  set(key: string, value: Text, deadlineMs?: number): void {
    this.#values.set(key, value)
    if (deadlineMs === undefined) this.#deadlines.delete(key)
    else this.#deadlines.set(key, deadlineMs)
  }

  change(key: string, value: Text): void {
    this.#values.set(key, value)
  }

  delete(key: string): void {
    this.#values.delete(key)
    this.#deadlines.delete(key)
  }

  /** Keys whose deadline has passed at `nowMs`, the earliest first, at most `max`. */
  due(nowMs: number, max: number): readonly (readonly [key: string, deadlineMs: number])[] {
    return this.#deadlines.due(nowMs, max)
  }

  /** Called when the tables were replaced. */
  replaced(): void {
    this.#deadlines.rebuild()
  }

  /** @throws EpaxosError `malformed` when the bytes are no snapshot */
  migrate(snapshot: Uint8Array): void {
    for (const [key, value, deadlineMs] of decodeEntries(snapshot)) this.set(key, value, deadlineMs)
  }
}
