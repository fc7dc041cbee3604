import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { DirtyPass, IndexEntry } from '../../machines/protocol/index-passes.ts'
import type { Codec } from '../../net/codec.ts'
import type { StoredCheckpoint } from '../../storage/state-store.ts'
import type { StoreError } from '../../storage/store.ts'
import type { Execution } from '../execution/execution.ts'
import type { ReplicatedState } from '../execution/replicated-state.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import { asError } from '../shared/thrown.ts'
import type { Timers } from '../shared/timers.ts'
import { ifThereIsAState } from '../shared/user-state-machine.ts'
import type { Works } from '../shared/works.ts'
import type { Segment, SegmentInfo } from '../tables/segment.ts'
import { StateTables } from '../tables/state-tables.ts'
import { type CheckpointHead, decodeHead, encodeHead } from './checkpoint-head.ts'
import { TablesPart } from './checkpoint-run.ts'
import { entriesOf, indexTable, putEntries } from './index-table.ts'
import { readSegments } from './read-segments.ts'
import type { StateWrites } from './state-writes.ts'

export interface CheckpointsPorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly codec: Codec
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Execution
  readonly state: ReplicatedState
  readonly progress: Pick<DurableProgress, 'hold' | 'release'>
  readonly works: Pick<Works, 'during'>
  readonly store: StateWrites
  turn(run: () => void): void
  /** Drops from memory the records that are gone from disk. */
  truncated(floor: Dependencies): void
  /** Stops the replica, which cannot go on. */
  failed(error: Error): void
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** Time between two slices. */
const sliceApartMs = 2
/** Entries of the conflict index put into its table in one slice. */
const sliceEntries = 1_024

/** A checkpoint under way: first the index is gathered, then the point comes, then its segments are written. */
interface Run {
  readonly number: number
  readonly floor: Dependencies
  readonly pass: DirtyPass
  /** From the point on. */
  parts?: {
    readonly head: Omit<CheckpointHead, 'version' | 'state' | 'index'>
    readonly state: TablesPart
    readonly index: TablesPart
  }
  /** Segments that are not in the store yet, and the part of each. */
  readonly pending: { readonly part: TablesPart; readonly segment: Segment }[]
  /** The keys of those that are. */
  readonly added: number[]
  isWriting: boolean
}

interface Latest {
  readonly bytes: number
  readonly sinceMs: number
}

/**
 * Writes the state to disk while commands are executed
 * ([rules 8.7 to 8.10](../../machines/protocol/README.md#checkpoints)): what has changed since the last checkpoint, in slices, as
 * of one point of execution. Records go only after the checkpoint that covers them is durable.
 */
export class Checkpoints implements Component {
  readonly #ports: CheckpointsPorts
  readonly #index: StateTables
  #keys: { readonly state: ReadonlyMap<number, number>; readonly index: ReadonlyMap<number, number> } = {
    state: new Map(),
    index: new Map(),
  }
  #number = 0
  #latest: Latest | undefined
  #run: Run | undefined
  /** What waits until no checkpoint is under way. */
  #waiting: (() => void)[] = []
  #stored: StoredCheckpoint | undefined
  #isInstalling = false
  #isStopped = false

  constructor(ports: CheckpointsPorts) {
    this.#ports = ports
    this.#index = new StateTables(ports.codec)
    this.#index.system(indexTable)
  }

  /** Whether a checkpoint is under way, or another replica's is being installed. */
  get isUnderWay(): boolean {
    return this.#run !== undefined || this.#isInstalling
  }

  /** The latest checkpoint; undefined before the first, and until one has what was installed. */
  get stored(): StoredCheckpoint | undefined {
    return this.#stored
  }

  /** Bytes and age of the latest checkpoint, since it was written, or read at the start. */
  get summary(): { readonly bytes: number; readonly agoMs: number } | undefined {
    const latest = this.#latest
    return latest && { bytes: latest.bytes, agoMs: Math.round(this.#ports.timers.now() - latest.sinceMs) }
  }

  /**
   * Begins a checkpoint, unless one is under way.
   * @param floor the index per row up to which records go with it: executed here
   */
  begin(floor: Dependencies): void {
    if (this.isUnderWay || this.#isStopped) return
    const { ledger } = this.#ports
    this.#run = {
      number: ++this.#number,
      floor,
      // All entries of ids up to the floor are in the index by now.
      pass: ledger.index.takingDirty(),
      pending: [],
      added: [],
      isWriting: false,
    }
    this.#later()
  }

  /** Reads a stored checkpoint at a restart. @param done called once all is loaded, and nothing is executed yet */
  load(stored: StoredCheckpoint, done: () => void): void {
    const { codec, ledger, execution, state } = this.#ports
    const head = decodeHead(stored.head, codec)
    const keysOf = (segments: readonly SegmentInfo[], from: number) =>
      new Map(segments.map(({ id }, at) => [id, stored.segments[from + at]!]))
    this.#keys = { state: keysOf(head.state, 0), index: keysOf(head.index, head.state.length) }
    this.#number = stored.number
    this.#read(this.#index, head.index, this.#keys.index, () =>
      this.#read(state.tables, head.state, this.#keys.state, () => {
        execution.adopt(head)
        state.loaded()
        ledger.installExecuted(head)
        ledger.truncate(head.floor)
        for (const entry of entriesOf(this.#index.system(indexTable))) ledger.index.restore(entry)
        this.#isLatest(stored)
        done()
      }),
    )
  }

  /**
   * Loads the state of another replica's checkpoint, whose segments are in the store, in place of the own one. The next
   * checkpoint stands on it.
   * @param done gets the entries of its index
   */
  install(head: CheckpointHead, keys: readonly number[], done: (index: readonly IndexEntry[]) => void): void {
    const { codec, state, turn } = this.#ports
    this.#isInstalling = true
    this.#stored = undefined
    const keysOf = (segments: readonly SegmentInfo[], from: number) =>
      new Map(segments.map(({ id }, at) => [id, keys[from + at]!]))
    const theirs = new StateTables(codec)
    theirs.system(indexTable)
    this.#read(theirs, head.index, keysOf(head.index, head.state.length), () =>
      this.#read(state.tables, head.state, keysOf(head.state, 0), () => {
        this.#keys = { state: keysOf(head.state, 0), index: this.#keys.index }
        this.#number = Math.max(this.#number, ...[...head.state, ...head.index].map(({ checkpoint }) => checkpoint))
        this.#isInstalling = false
        this.drop(keys.slice(head.state.length))
        turn(() => done([...entriesOf(theirs.system(indexTable))]))
        this.#idle()
      }),
    )
  }

  /** Drops segments that came from another replica, and are of no use. */
  drop(keys: readonly number[]): void {
    this.#ports.store.drop(keys)
  }

  /** Runs something that replaces the state, once no checkpoint is under way. */
  whenIdle(run: () => void): void {
    if (!this.isUnderWay) run()
    else this.#waiting.push(run)
  }

  stop(): void {
    this.#isStopped = true
  }

  #read(
    tables: StateTables,
    segments: readonly SegmentInfo[],
    keys: ReadonlyMap<number, number>,
    done: () => void,
  ): void {
    readSegments(tables.load(segments), this.#ports.store, keys, error => {
      if (this.#isStopped) return
      if (error !== null) {
        this.#ports.failed(error)
        return
      }
      try {
        done()
      } catch (cause) {
        // The state machine may refuse what was loaded: nothing else would catch it here.
        this.#ports.failed(asError(cause))
      }
    })
  }

  #later(): void {
    this.#ports.timers.set(sliceApartMs, () => this.#step())
  }

  /** Does a slice of the work. */
  #step(): void {
    const run = this.#run
    if (run === undefined || this.#isStopped) return
    if (run.parts === undefined) this.#gather(run)
    else if (!run.isWriting || bytesOf(run) < this.#ports.limits.checkpointSegmentBytes) this.#slice(run, run.parts)
    if (this.#run === run) this.#later()
    else this.#idle()
  }

  /** Puts entries of the index into its table. The point comes when all were put there. */
  #gather(run: Run): void {
    const { limits, state, execution, ledger, works } = this.#ports
    const entries = run.pass.next(sliceEntries)
    putEntries(entries, this.#index.system(indexTable))
    if (entries.length > 0) return
    // The state machine gives no state: nothing is written or let go, and it is asked again after as many commands.
    if (works.during('snapshot', () => ifThereIsAState(() => state.save() ?? true)) === undefined) {
      this.#run = undefined
      return
    }
    ledger.letGo(run.floor)
    const { checkpointSegmentBytes } = limits
    run.parts = {
      head: { ...execution.place(), floor: run.floor },
      state: new TablesPart(state.tables, run.number, checkpointSegmentBytes, this.#keys.state),
      index: new TablesPart(this.#index, run.number, checkpointSegmentBytes, this.#keys.index),
    }
  }

  #slice(run: Run, { head, state, index }: NonNullable<Run['parts']>): void {
    const { limits, codec } = this.#ports
    const part = state.isDone ? index : state
    for (const segment of part.slice(limits.checkpointSliceBytes)) run.pending.push({ part, segment })
    if (run.isWriting) return
    const isDone = state.isDone && index.isDone
    if (bytesOf(run) >= limits.checkpointSegmentBytes || (isDone && run.pending.length > 0)) this.#add(run)
    else if (isDone) {
      const live = { state: state.live, index: index.live }
      const bytes = encodeHead({ ...head, ...live }, codec)
      const segments = [...state.keysOf(live.state), ...index.keysOf(live.index)]
      const stored: StoredCheckpoint = { number: run.number, head: bytes, segments }
      run.isWriting = true
      this.#ports.store.commit(stored, error =>
        this.#written(run, error, () => this.#committed(run, stored, state, index)),
      )
    }
  }

  #add(run: Run): void {
    const some = run.pending.splice(0)
    run.isWriting = true
    this.#ports.store.add(
      some.map(({ segment }) => segment.bytes),
      (error, keys = []) =>
        this.#written(run, error, () => {
          for (const [at, { part, segment }] of some.entries()) part.stored(segment, keys[at]!)
          run.added.push(...keys)
        }),
    )
  }

  #written(run: Run, error: StoreError | null, then: () => void): void {
    const { turn, failed, log } = this.#ports
    if (this.#isStopped || this.#run !== run) return
    run.isWriting = false
    turn(() => {
      if (error === null) then()
      else if (error.code === 'storeFull') {
        log({ code: 'checkpointFailed', error })
        this.#abandon(run)
      } else failed(error)
    })
  }

  /** The records that the checkpoint covers go now, and not before. */
  #committed(run: Run, stored: StoredCheckpoint, state: TablesPart, index: TablesPart): void {
    const { ledger, outbox, progress, truncated } = this.#ports
    this.#run = undefined
    this.#keys = { state: state.committed(), index: index.committed() }
    this.#isLatest(stored)
    progress.release()
    const { epoch } = ledger.membership
    // An empty snapshot takes the place of one that a program of before has left.
    outbox.writeExtra({ checkpoint: run.number, truncate: { epoch, upTo: run.floor }, snapshot: new Uint8Array() })
    outbox.whenDurable(() => truncated(run.floor))
    this.#idle()
  }

  /** The next checkpoint stands on the one before. */
  #abandon(run: Run): void {
    this.#run = undefined
    run.parts?.state.abandoned()
    run.parts?.index.abandoned()
    this.#ports.store.drop(run.added)
    this.#idle()
  }

  #idle(): void {
    for (const run of this.#waiting.splice(0)) run()
  }

  #isLatest(stored: StoredCheckpoint): void {
    const { timers, state } = this.#ports
    const bytes = [...state.tables.live, ...this.#index.live].reduce((sum, { size }) => sum + size, 0)
    this.#stored = stored
    this.#latest = { bytes, sinceMs: timers.now() }
  }
}

const bytesOf = ({ pending }: Run): number => pending.reduce((sum, { segment }) => sum + segment.bytes.length, 0)
