import { InvariantError } from '../../machines/protocol/errors.ts'
import { Utf8Text } from '../../net/utf8-text.ts'
import type {
  BytesTable,
  Table,
  TableChange,
  TableOptions,
  Tables,
  TablesObserver,
  TextTable,
} from '../shared/tables.ts'
import { Buffers } from './buffers.ts'
import { CheckpointSlices } from './checkpoint-slices.ts'
import { RawTable } from './raw-table.ts'
import type { SegmentInfo } from './segment.ts'
import { SegmentBuffers } from './segment-writer.ts'
import { TableError } from './table-error.ts'
import { TablesLoader } from './tables-loader.ts'
import { type DataCodec, DataTable, RawBytesTable, Utf8Table } from './typed-tables.ts'

/** What names of the library's own tables begin with. */
export const systemMark = '$'
const nameBytesMax = 255

/** Whether a table may have this name. */
export const isTableName = (name: string): boolean => new TextEncoder().encode(name).length <= nameBytesMax

/**
 * All tables of a replica: those of the state machine, and the library's own, whose names begin with `$`. They are
 * written together: a checkpoint is the state of all at one point.
 */
export class StateTables implements Tables {
  readonly #codec: DataCodec
  readonly #raw = new Map<string, RawTable>()
  readonly #taken = new Set<string>()
  readonly #buffers = new Buffers()
  readonly #segmentBuffers = new SegmentBuffers()
  readonly #observers = new Set<TablesObserver>()
  #live: readonly SegmentInfo[] = []
  #lastId = 0
  #checkpoint: CheckpointSlices | undefined

  constructor(codec: DataCodec) {
    this.#codec = codec
  }

  text(name: string, options?: TableOptions): TextTable {
    return new Utf8Table(this.#claim(name, options), this.#changed)
  }

  bytes(name: string, options?: TableOptions): BytesTable {
    return new RawBytesTable(this.#claim(name, options), this.#changed)
  }

  data<T>(name: string, options?: TableOptions): Table<T> {
    return new DataTable<T>(this.#claim(name, options), this.#changed, this.#codec)
  }

  /** A table of the library's own, as bytes. Its name begins with `$`, and nobody observes it. */
  system(name: string): RawTable {
    return this.#table(name)
  }

  changes(observer: TablesObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /** The digests of tables, by name; the conflict index, which differs from replica to replica, is none of the state. */
  digest(names: (name: string) => boolean): string {
    return [...this.#raw.values()]
      .filter(({ name }) => names(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, size, digest }) => `${name} ${size} ${digest}`)
      .join('\n')
  }

  /** The segments of the latest durable checkpoint; empty before the first. */
  get live(): readonly SegmentInfo[] {
    return this.#live
  }

  /**
   * Begins a checkpoint: its point is now. Nothing is copied yet.
   * @param checkpoint greater than that of every earlier one
   */
  begin(checkpoint: number, segmentBytesMax: number): CheckpointSlices {
    if (this.#checkpoint !== undefined) throw new InvariantError('a checkpoint of the tables is under way already')
    this.#checkpoint = new CheckpointSlices({
      checkpoint,
      segmentBytesMax,
      tables: this.#raw,
      live: this.#live,
      buffers: this.#segmentBuffers,
      nextId: () => ++this.#lastId,
    })
    return this.#checkpoint
  }

  /** Ends a checkpoint that is durable, at once: the next one stands on it. */
  committed(): void {
    for (const _ of this.settling(true));
  }

  /** Ends a checkpoint that is given up, at once: the next one stands on the one before. */
  abandoned(): void {
    for (const _ of this.settling(false));
  }

  /** Ends the checkpoint under way, some of the work at each step. From the first on the next one stands on what counts. */
  *settling(isDurable: boolean): Generator<void, void> {
    const checkpoint = this.#checkpoint
    if (checkpoint === undefined) throw new InvariantError('no checkpoint of the tables is under way')
    if (isDurable) {
      if (!checkpoint.isDone) throw new InvariantError('a checkpoint was called durable before all of it was written')
      this.#live = checkpoint.live
    }
    yield* checkpoint.settling(isDurable)
    this.#checkpoint = undefined
  }

  /** Whether a checkpoint was begun, and is neither durable nor given up. */
  get isUnderWay(): boolean {
    return this.#checkpoint !== undefined
  }

  /**
   * Begins to replace everything by a checkpoint. Until the loader is done, the tables hold a part of it, and must not be
   * used. Tables of which it holds nothing are empty afterwards.
   * @param live the segments of the checkpoint
   */
  load(live: readonly SegmentInfo[]): TablesLoader {
    this.#clear()
    // A table that the state machine has not made, or does not make any more, stays as it is.
    for (const { table } of live) this.#table(table)
    return new TablesLoader(live, this.#raw, segments => {
      this.#live = [...segments].sort((a, b) => a.id - b.id)
      this.#lastId = Math.max(this.#lastId, ...segments.map(({ id }) => id))
      this.wereReplaced()
    })
  }

  /** Empties all tables, before a state from before there were tables is brought in. The next checkpoint writes all. */
  empty(): void {
    this.#clear()
    this.wereReplaced()
  }

  /** Tells observers that all was replaced. */
  wereReplaced(): void {
    for (const observer of this.#observers) observer.replaced?.()
  }

  #clear(): void {
    // Its marks go with the slots.
    this.#checkpoint = undefined
    for (const table of this.#raw.values()) table.clear()
    this.#live = []
  }

  #claim(name: string, options: TableOptions | undefined): RawTable {
    if (typeof name !== 'string' || name === '' || name.startsWith(systemMark))
      throw new TableError(
        'malformed',
        `the name of a table is a text that does not begin with ${systemMark}, found ${JSON.stringify(name)}`,
      )
    if (this.#taken.has(name)) throw new TableError('malformed', `there is a table ${JSON.stringify(name)} already`)
    this.#taken.add(name)
    const table = this.#table(name)
    if (options?.ordered === true) table.keepOrder()
    return table
  }

  #table(name: string): RawTable {
    let table = this.#raw.get(name)
    if (table === undefined) {
      if (!isTableName(name))
        throw new TableError('malformed', `the name of a table has at most ${nameBytesMax} bytes: ${name}`)
      table = new RawTable(name, this.#buffers)
      this.#raw.set(name, table)
    }
    return table
  }

  #changed = (table: string, key: string, value: unknown): void => {
    if (this.#observers.size === 0) return
    // Observers may keep it.
    const change: TableChange = { table, key, value: value instanceof Utf8Text ? value.toString() : value }
    for (const observer of this.#observers) observer.changed(change)
  }
}
