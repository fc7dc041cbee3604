import type { InstanceActor } from '../machines/instance/machine.ts'
import type { Command } from '../machines/protocol/commands.ts'
import { ConflictIndex } from '../machines/protocol/conflict-index.ts'
import type { Dependencies } from '../machines/protocol/dependencies.ts'
import type { InstanceId } from '../machines/protocol/instance-id.ts'
import type { Membership } from '../machines/protocol/membership.ts'
import { payloadOf, type Record } from '../machines/protocol/record.ts'
import { type Invalidating, invalidates } from '../machines/protocol/recovery.ts'

/** All that a replica holds about one instance. */
export interface Entry {
  readonly id: InstanceId
  /** As last written by its statechart; undefined while the id is only seen. */
  record: Record | undefined
  /** The payload is on disk, or in the flush that is under way. */
  payloadStored: boolean
  /** Its statechart while it lives: from the first event to executed and durable. */
  actor: InstanceActor | undefined
  executed: boolean
}

/**
 * What one replica knows, per row: the record of every instance it has heard of, and the conflict index over their
 * payloads (protocol.md sections 2 and 8).
 */
export class Ledger {
  readonly #membership: Membership
  readonly #rows: Map<number, Entry>[]
  readonly #index: ConflictIndex
  /** Per row, the highest index that was ever heard of, in a message, a dependency or a heartbeat. */
  readonly #known: number[]
  /** Per row, every index up to here is committed. */
  readonly #committed: number[]
  readonly #learnt: (id: InstanceId, payload: Command) => void

  /** @param learnt is called once for each instance, when its payload is first known */
  constructor(membership: Membership, learnt: (id: InstanceId, payload: Command) => void) {
    const { n } = membership.quorums
    this.#membership = membership
    this.#rows = Array.from({ length: n }, () => new Map())
    this.#index = new ConflictIndex(n)
    this.#known = new Array<number>(n).fill(0)
    this.#committed = new Array<number>(n).fill(0)
    this.#learnt = learnt
  }

  get(rank: number, index: number): Entry | undefined {
    return this.#rows[rank]!.get(index)
  }

  /** The entry of an id, made if it is new. */
  entry(id: InstanceId): Entry {
    const row = this.#rows[id.rank]!
    let entry = row.get(id.index)
    if (entry === undefined) {
      entry = { id, record: undefined, payloadStored: false, actor: undefined, executed: false }
      row.set(id.index, entry)
    }
    return entry
  }

  /** Takes over what the statechart of an instance has written; enters the payload in the index when it is new. */
  write(entry: Entry, record: Record): void {
    const before = entry.record
    entry.record = record
    if (before === undefined || payloadOf(before) === undefined) {
      const payload = payloadOf(record)
      if (payload !== undefined) {
        this.#index.enter(entry.id, payload.footprint)
        this.#learnt(entry.id, payload)
      }
    }
    if (record.phase === 'committed') this.#extendCommitted(entry.id.rank)
  }

  /** D0, or what an acceptor adds (rule 3.2). */
  conflicting(id: InstanceId, command: Command): Dependencies {
    return this.#index.conflicting(id, command.footprint)
  }

  /**
   * I of rule 4.4: what is known here, outside D, that could invalidate a fast commit of (cmd, D) for `id`. A committed
   * one stands for all: by rule 4.5.2 it decides alone, and after a long partition there may be more than a message holds.
   */
  invalidating(id: InstanceId, cmd: Command, d: Dependencies): Invalidating[] {
    const found: Invalidating[] = []
    // The index says where there is anything to look for: rows without a conflict above D are passed over.
    const highest = this.#index.conflicting(id, cmd.footprint)
    for (let rank = 0; rank < this.#rows.length; rank++) {
      const top = rank === id.rank ? this.#known[rank]! : highest[rank]!
      for (let index = (d[rank] ?? 0) + 1; index <= top; index++) {
        if (rank === id.rank && index === id.index) continue
        const other = this.get(rank, index)
        if (other?.record === undefined || !invalidates(id, cmd, other.record)) continue
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

  /** Per row, every index up to here is committed here. */
  get committedPrefix(): Dependencies {
    return this.#committed.slice()
  }

  /** How many indices of the row lie between the committed prefix and `index`. */
  distance(rank: number, index: number): number {
    return index - this.#committed[rank]!
  }

  get membership(): Membership {
    return this.#membership
  }

  get keys(): number {
    return this.#index.size
  }

  /** Every id that is known of and not committed: those with a record, and the gaps. */
  *uncommitted(): Iterable<Entry> {
    const { epoch } = this.#membership
    for (let rank = 0; rank < this.#rows.length; rank++) {
      for (let index = this.#committed[rank]! + 1; index <= this.#known[rank]!; index++) {
        if (this.get(rank, index)?.record?.phase !== 'committed') yield this.entry({ epoch, rank, index })
      }
    }
  }

  #extendCommitted(rank: number): void {
    const row = this.#rows[rank]!
    let next = this.#committed[rank]! + 1
    while (row.get(next)?.record?.phase === 'committed') next++
    this.#committed[rank] = next - 1
  }
}
