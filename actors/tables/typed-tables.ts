import { Utf8Text } from '../../net/utf8-text.ts'
import type { KeyRange } from '../shared/ordered-keys.ts'
import type { BytesTable, Table, TextTable } from '../shared/tables.ts'
import type { RawTable } from './raw-table.ts'
import { TableError } from './table-error.ts'

/** Plain data to bytes and back. */
export interface DataCodec {
  encodeData(data: unknown): Uint8Array
  decodeData(bytes: Uint8Array): unknown
}

/** Called with each change. */
type Changed = (table: string, key: string, value: unknown) => void

/** A table with values of one kind, over its bytes. */
abstract class TypedTable<V> implements Table<V> {
  protected readonly raw: RawTable
  readonly #changed: Changed

  constructor(raw: RawTable, changed: Changed) {
    this.raw = raw
    this.#changed = changed
  }

  get name(): string {
    return this.raw.name
  }

  get size(): number {
    return this.raw.size
  }

  has(key: string): boolean {
    return this.raw.has(key)
  }

  abstract get(key: string): V | undefined
  protected abstract put(key: string, value: V): void

  set(key: string, value: V): void {
    this.put(key, value)
    this.#changed(this.raw.name, key, value)
  }

  delete(key: string): boolean {
    if (!this.raw.delete(key)) return false
    this.#changed(this.raw.name, key, undefined)
    return true
  }

  keys(range?: KeyRange): Iterable<string> {
    return this.raw.keys(range)
  }

  *entries(range?: KeyRange): Generator<readonly [string, V], void> {
    for (const key of this.raw.keys(range)) yield [key, this.get(key)!]
  }
}

export class Utf8Table extends TypedTable<string> implements TextTable {
  get(key: string): string | undefined {
    return this.raw.text(key)
  }

  view(key: string): Utf8Text | undefined {
    return this.raw.utf8(key)
  }

  override set(key: string, value: string | Utf8Text): void {
    super.set(key, value as string)
  }

  protected put(key: string, value: string | Utf8Text): void {
    if (value instanceof Utf8Text) {
      this.raw.setUtf8(key, value)
      return
    }
    if (typeof value !== 'string')
      throw new TableError('malformed', `table ${this.name}: a text is expected, found a ${typeof value}`)
    this.raw.setText(key, value)
  }
}

export class RawBytesTable extends TypedTable<Uint8Array> implements BytesTable {
  get(key: string): Uint8Array | undefined {
    return this.raw.view(key)?.slice()
  }

  view(key: string): Uint8Array | undefined {
    return this.raw.view(key)
  }

  protected put(key: string, value: Uint8Array): void {
    if (!(value instanceof Uint8Array))
      throw new TableError('malformed', `table ${this.name}: a Uint8Array is expected, found a ${typeof value}`)
    this.raw.set(key, value)
  }
}

export class DataTable<T> extends TypedTable<T> {
  readonly #codec: DataCodec

  constructor(raw: RawTable, changed: Changed, codec: DataCodec) {
    super(raw, changed)
    this.#codec = codec
  }

  get(key: string): T | undefined {
    const bytes = this.raw.view(key)
    return bytes && (this.#codec.decodeData(bytes) as T)
  }

  protected put(key: string, value: T): void {
    this.raw.set(key, this.#codec.encodeData(value))
  }
}
