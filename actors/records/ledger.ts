import type { ExecutedSetData } from '../../machines/execution/executed-set.ts'
import { type Command, type Keys, NOP, payloadBytes } from '../../machines/protocol/commands.ts'
import { ConflictIndex, type ConflictIndicesData } from '../../machines/protocol/conflict-index.ts'
import { type Dependencies, noDependencies, union } from '../../machines/protocol/dependencies.ts'
import type { EvictionPass } from '../../machines/protocol/index-passes.ts'
import { type InstanceId, noInstance } from '../../machines/protocol/instance-id.ts'
import type { Membership } from '../../machines/protocol/membership.ts'
import { payloadOf, type Record } from '../../machines/protocol/record.ts'
import { type Candidate, type Invalidating, invalidates, type MemberVerdict } from '../../machines/protocol/recovery.ts'
import { greatest } from '../../machines/protocol/truncation.ts'
import { type Entry, isDecided, newEntry } from './entry.ts'

/**
 * The knowledge of one replica, per row: the record of every instance it has heard of, and the conflict index over
 * their payloads ([sections 2](../../machines/protocol/README.md#section-2) and
 * [8](../../machines/protocol/README.md#section-8)).
 */
export class Ledger {
  readonly #membership: Membership
  readonly #rows: Map<number, Entry>[]
  readonly #index: ConflictIndex
  /** Per row, the index up to which records are gone, or go with the next flush. */
  readonly #floor: number[]
  /** Per row, the index up to which records are gone from memory too. */
  readonly #dropped: number[]
  /** Per row, the highest index ever heard of, in a message, a dependency or a heartbeat. */
  readonly #known: number[]
  /** Per row, the highest index with a record, or that is reserved. */
  readonly #written: number[]
  /** Per row, the index up to which all are committed, or executed in a snapshot. */
  readonly #committed: number[]
  /** Per row, the index up to which entries may have been evicted. */
  #evicted: Dependencies
  /** The restart barrier, if there is one: ids up to it count as conflicting with everything. */
  #barrier: Dependencies | undefined

  constructor(membership: Membership) {
    const { n } = membership.quorums
    this.#membership = membership
    this.#rows = Array.from({ length: n }, () => new Map())
    this.#index = new ConflictIndex(n)
    this.#evicted = noDependencies(n)
    this.#floor = new Array<number>(n).fill(0)
    this.#dropped = new Array<number>(n).fill(0)
    this.#known = new Array<number>(n).fill(0)
    this.#written = new Array<number>(n).fill(0)
    this.#committed = new Array<number>(n).fill(0)
  }

  get(rank: number, index: number): Entry | undefined {
    return this.#rows[rank]!.get(index)
  }

  /** The entry of an id, made if it is new. */
  entry(id: InstanceId): Entry {
    const row = this.#rows[id.rank]!
    let entry = row.get(id.index)
    if (entry === undefined) {
      entry = newEntry(id)
      row.set(id.index, entry)
    }
    return entry
  }

  /**
   * Takes over a record that the statechart of an instance has written, and enters a new payload in the index.
   * @returns the payload, once for each instance: when it is first known
   */
  write(entry: Entry, record: Record): Command | undefined {
    const before = entry.record
    entry.record = record
    if (entry.id.index > this.#written[entry.id.rank]!) this.#written[entry.id.rank] = entry.id.index
    const learnt = before === undefined || payloadOf(before) === undefined ? payloadOf(record) : undefined
    if (learnt !== undefined) {
      entry.payloadBytes = payloadBytes(learnt)
      this.#index.enter(entry.id, learnt.footprint)
    }
    if (record.phase === 'committed') this.#extendCommitted(entry.id.rank)
    return learnt
  }

  /** Notes that an instance was executed here. Its actor may end, and a truncation may take its record. */
  executed(entry: Entry): void {
    entry.executed = true
    // A vote for a payload does not say that it was executed: in a snapshot it may have been a Nop (B26).
    if (entry.record?.phase !== 'committed') return
    const { cmd } = entry.record
    if (cmd !== undefined && cmd !== NOP) this.#index.executed(entry.id, cmd.footprint)
  }

  /** The conflicts of a command known here: D0, or the dependencies that an acceptor adds (rule 3.2). */
  conflicting(id: InstanceId, command: Command): Dependencies {
    const found = this.#index.conflicting(id, command.footprint)
    return this.#barrier === undefined ? found : union(id, found, this.#barrier)
  }

  /**
   * Per row, the highest index whose remembered payload writes one of these keys
   * ([rule 5a.2](../../machines/protocol/README.md#rule-5a-2)): the dependency index as it stands, and at least what was
   * evicted from it. The restart barrier stays out: an id that is forgotten was executed nowhere.
   */
  writing(keys: Keys): Dependencies {
    return greatest(this.#index.conflicting(noInstance, { reads: keys, writes: [] }), this.#evicted)
  }

  /**
   * Raises the barrier of a row: ids up to `index` count as conflicting with everything from here on, in D0 and in
   * votes (section 6).
   */
  raiseBarrier(rank: number, index: number): void {
    this.#barrier = noDependencies(this.#membership.quorums.n).with(rank, index)
    this.#written[rank] = Math.max(this.#written[rank]!, index)
  }

  /**
   * I of rule 4.4: the instances known here, outside D, that could invalidate a fast commit of (cmd, D) for `id`. A
   * committed one stands for all: by rule 4.5.2 it decides alone, and after a long partition there may be more than a
   * message holds.
   */
  invalidating(id: InstanceId, cmd: Command, d: Dependencies): Invalidating[] {
    // An instance executed here without id commits to an order without id, as a committed member does, whether its
    // record is gone or not.
    const settled = this.#index.conflictingExecuted(id, cmd.footprint)
    for (let rank = 0; rank < settled.length; rank++)
      if (settled[rank]! > (d[rank] ?? 0))
        return [{ id: { epoch: id.epoch, rank, index: settled[rank]! }, committed: true }]
    const found: Invalidating[] = []
    // The index says in which rows to look: rows without a conflict above D are skipped.
    const highest = this.#index.conflicting(id, cmd.footprint)
    for (let rank = 0; rank < this.#rows.length; rank++) {
      const top = rank === id.rank ? this.#known[rank]! : highest[rank]!
      for (let index = Math.max(d[rank] ?? 0, this.#floor[rank]!) + 1; index <= top; index++) {
        if (rank === id.rank && index === id.index) continue
        const other = this.get(rank, index)
        if (other?.record === undefined || this.isGone(other.id) || !invalidates(id, cmd, other.record)) continue
        if (other.record.phase === 'committed') return [{ id: other.id, committed: true }]
        found.push({ id: other.id, committed: false })
      }
    }
    return found
  }

  /** Notes that ids up to `index` exist. @returns the first index that was not known before */
  heardOf(rank: number, index: number): number {
    const first = this.#known[rank]! + 1
    if (index >= first) this.#known[rank] = index
    return first
  }

  get known(): Dependencies {
    return this.#known.slice()
  }

  /** The highest index of a row with a record, or that is reserved: what was only heard of is on no disk. */
  writtenOf(rank: number): number {
    return this.#written[rank]!
  }

  /** The highest index of a row that was heard of. */
  knownOf(rank: number): number {
    return this.#known[rank]!
  }

  /** Per row, the index up to which all are committed here, or executed in a snapshot. */
  get committedPrefix(): Dependencies {
    return this.#committed.slice()
  }

  /** Per row, the index up to which records are gone, or are about to go. Nothing is built on them any more. */
  get floor(): Dependencies {
    return this.#floor.slice()
  }

  /** Whether an id is truncated here. A record of it still found on disk has no meaning any more. */
  isTruncated(rank: number, index: number): boolean {
    return index <= this.#floor[rank]!
  }

  /**
   * Whether an id is executed here while no record says as what value: the record is gone, or the id came with a
   * snapshot. Votes cast for it meanwhile stay and say nothing more. Read together with the instances executed after
   * it, they would look as if it had never been (rule 4.4).
   */
  isGone({ rank, index }: { readonly rank: number; readonly index: number }): boolean {
    const entry = this.get(rank, index)
    if (entry?.record?.phase === 'committed') return false
    return index <= this.#committed[rank]! || entry?.executed === true
  }

  /** The verdict of rule 4.5.3 on a member that is gone: it counts as Nop for id, or as settled. */
  verdictOnGone(id: InstanceId, { cmd, dep }: Candidate, { rank }: InstanceId): MemberVerdict {
    return this.#index.conflictingExecuted(id, cmd.footprint)[rank]! > dep[rank]! ? 'invalidates' : 'settled'
  }

  /**
   * Marks the records up to `floor` as going with the next flush. A snapshot that arrives meanwhile cannot rely on them
   * (T9).
   */
  letGo(floor: Dependencies): void {
    floor.forEach((upTo, rank) => {
      this.#floor[rank] = Math.max(this.#floor[rank]!, upTo)
    })
  }

  /** Level 1 of truncation: drops the records up to `floor`. The indices keep their entries. */
  truncate(floor: Dependencies, gone: (entry: Entry) => void = () => undefined): void {
    this.letGo(floor)
    floor.forEach((upTo, rank) => {
      const row = this.#rows[rank]!
      for (let index = this.#dropped[rank]! + 1; index <= upTo; index++) {
        const entry = row.get(index)
        if (entry === undefined) continue
        row.delete(index)
        gone(entry)
      }
      this.#dropped[rank] = Math.max(this.#dropped[rank]!, upTo)
      this.#reached(rank, upTo)
    })
  }

  /** Level 2 of truncation: a pass that drops the index entries up to `floor`, a few keys at a time. */
  evicting(floor: Dependencies): EvictionPass {
    // First: an answer to a read counts what may be gone already.
    this.#evicted = greatest(this.#evicted, floor)
    return this.#index.evicting(floor)
  }

  /** The conflict index: checkpoints take from it what has changed, and restore it (section 8). */
  get index(): Pick<ConflictIndex, 'takingDirty' | 'restore' | 'countBeside' | 'mergingBeside'> {
    return this.#index
  }

  /** Takes over the indices of a snapshot, and its executed set. */
  install(indices: ConflictIndicesData, executed: ExecutedSetData): void {
    this.#index.mergeData(indices)
    this.installExecuted(executed)
  }

  /** Takes over an executed set: its ids count as committed. */
  installExecuted({ prefix, above }: ExecutedSetData): void {
    const { epoch } = this.#membership
    prefix.forEach((upTo, rank) => {
      for (const index of above[rank]!) {
        this.heardOf(rank, index)
        this.entry({ epoch, rank, index }).executed = true
      }
      this.heardOf(rank, upTo)
      this.#reached(rank, upTo)
    })
  }

  /** All entries. */
  *entries(): Iterable<Entry> {
    for (const row of this.#rows) yield* row.values()
  }

  /** Number of entries. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + row.size, 0)
  }

  /** Number of keys in the dependency index. */
  get indexKeys(): number {
    return this.#index.size
  }

  /** Number of indices of the row between the committed prefix and `index`. */
  distance(rank: number, index: number): number {
    return index - this.#committed[rank]!
  }

  get membership(): Membership {
    return this.#membership
  }

  /** Every id that is known and not committed: the ids with a record, and the gaps. */
  *uncommitted(): Iterable<Entry> {
    const { epoch } = this.#membership
    for (let rank = 0; rank < this.#rows.length; rank++) {
      for (let index = this.#committed[rank]! + 1; index <= this.#known[rank]!; index++) {
        if (!isDecided(this.get(rank, index))) yield this.entry({ epoch, rank, index })
      }
    }
  }

  /** Notes that every id up to `index` is decided. */
  #reached(rank: number, index: number): void {
    this.#committed[rank] = Math.max(this.#committed[rank]!, index)
    this.#extendCommitted(rank)
  }

  #extendCommitted(rank: number): void {
    const row = this.#rows[rank]!
    let next = this.#committed[rank]! + 1
    while (isDecided(row.get(next))) next++
    this.#committed[rank] = next - 1
  }
}
