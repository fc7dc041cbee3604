import type { Utf8Text } from '../../net/utf8-text.ts'
import type { KeyRange } from './ordered-keys.ts'

/**
 * A table of a state machine: keys to values, kept by the library. It knows what changed, so that a checkpoint writes
 * that alone, and keeps its digest with each write. A key is a text of whole characters.
 */
export interface Table<V> {
  readonly name: string
  /** Number of keys. */
  readonly size: number
  /** A value of its own: changing it changes nothing in the table. */
  get(key: string): V | undefined
  has(key: string): boolean
  /** @throws TableError when the key or the value cannot be kept */
  set(key: string, value: V): void
  /** @returns whether the key was there */
  delete(key: string): boolean
  /**
   * The keys of a range in the order of their bytes, whenever they were set. The table must not change meanwhile. One
   * that is not `ordered` sorts all its keys for it.
   */
  keys(range?: KeyRange): Iterable<string>
  /** The same with their values. */
  entries(range?: KeyRange): Iterable<readonly [key: string, value: V]>
}

/** A table of texts, kept in UTF-8. */
export interface TextTable extends Table<string> {
  /** @throws TableError when the key or the value cannot be kept */
  set(key: string, value: string | Utf8Text): void
  /** The bytes of a text as they lie in the table: for reading, until the next change of the table. */
  view(key: string): Utf8Text | undefined
}

/** A table of byte arrays. */
export interface BytesTable extends Table<Uint8Array> {
  /** The bytes as they lie in the table, not copied: for reading, until the next change of the table. */
  view(key: string): Uint8Array | undefined
}

export interface TableOptions {
  /** Keeps the keys sorted, so that ranges are found without a look at the others. It costs about a microsecond a new key. */
  readonly ordered?: boolean
}

/** One change of a table; a key that goes has no value. */
export interface TableChange {
  readonly table: string
  readonly key: string
  readonly value: unknown
}

export interface TablesObserver {
  /** Called with each change, in the order of execution. It must not change the tables. */
  changed(change: TableChange): void
  /** Called when the whole state was replaced: nothing tells what changed. */
  replaced?(): void
}

/** The tables that a state machine is made of. A name is used for one table alone, and does not begin with `$`. */
export interface Tables {
  text(name: string, options?: TableOptions): TextTable
  bytes(name: string, options?: TableOptions): BytesTable
  /** A table of plain data. */
  data<T>(name: string, options?: TableOptions): Table<T>
  /** Tells an observer every change from now on. @returns a function that ends it */
  changes(observer: TablesObserver): () => void
}
