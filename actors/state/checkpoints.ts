import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { StoredCheckpoint } from '../../storage/state-store.ts'
import type { StoreError } from '../../storage/store.ts'
import type { Component } from '../shared/component.ts'
import { ifThereIsAState } from '../shared/user-state-machine.ts'
import { StateTables } from '../tables/state-tables.ts'
import { TableError } from '../tables/table-error.ts'
import { type CheckpointHead, decodeHead, encodeHead } from './checkpoint-head.ts'
import { CheckpointLoad, type SegmentKeys } from './checkpoint-load.ts'
import { awaitsEvent, type CheckpointRun, newRun, pendingBytes, TablesPart } from './checkpoint-run.ts'
import type { CheckpointsPorts, Installation } from './checkpoints-ports.ts'
import { type Follower, Followers } from './followers.ts'
import { ForeignLoad, type ForeignLoadPorts } from './foreign-load.ts'
import { indexTable, putEntries } from './index-table.ts'
import type { Pace } from './read-segments.ts'
import { RestartLoad } from './restart-load.ts'

/** Time between two slices. */
const sliceApartMs = 2
/** Entries of the conflict index put into its table in one slice. */
const sliceEntries = 1_024

/**
 * Writes the state to disk while commands are executed
 * ([rules 8.7 to 8.10](../../machines/protocol/README.md#checkpoints)): what has changed since the last checkpoint, in slices, as
 * of one point of execution. Records go only after the checkpoint that covers them is durable.
 */
export class Checkpoints implements Component {
  readonly #ports: CheckpointsPorts
  readonly #index: StateTables
  #keys: { readonly state: SegmentKeys; readonly index: SegmentKeys } = { state: new Map(), index: new Map() }
  #number = 0
  #latest: { readonly bytes: number; readonly sinceMs: number } | undefined
  #run: CheckpointRun | undefined
  /** What waits until no checkpoint is under way. */
  #waiting: (() => void)[] = []
  #stored: StoredCheckpoint | undefined
  #isInstalling = false
  #isStopped = false
  readonly #followers = new Followers()

  constructor(ports: CheckpointsPorts) {
    this.#ports = ports
    this.#index = new StateTables(ports.codec)
    this.#index.system(indexTable)
  }

  /** Whether a checkpoint is under way, or one is being loaded, the own one or another replica's. */
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
    const { ledger, state } = this.#ports
    // A state that was replaced in part is none.
    if (this.isUnderWay || this.#isStopped || state.isReplaced) return
    this.#followers.begun()
    // All entries of ids up to the floor are in the index by now.
    this.#run = newRun(++this.#number, floor, ledger.index.takingDirty())
    this.#later()
  }

  /**
   * Hands over a checkpoint whose point is later than this call, once it is durable.
   * @param begin begins one: called when none is under way
   */
  following(begin: () => void, follower: Follower): void {
    const isPointToCome = this.#run !== undefined && this.#run.parts === undefined
    this.#followers.add(follower, isPointToCome)
    if (isPointToCome) return
    this.whenIdle(() => {
      if (this.#followers.areWaiting) begin()
    })
  }

  /** Reads a stored checkpoint at a restart. Until its state stands, it counts as being installed. */
  restart(stored: StoredCheckpoint): RestartLoad {
    const head = decodeHead(stored.head, this.#ports.codec)
    const load = this.#loading(head, stored.segments, 'early')
    this.#keys = load.keys
    this.#number = stored.number
    this.#isInstalling = true
    return new RestartLoad(this.#ports, head, load, this.#index, () => {
      this.#isLatest(stored)
      this.#isInstalling = false
      this.#idle()
    })
  }

  /** Installs another replica's checkpoint, whose segments are in the store. */
  install(head: CheckpointHead, keys: readonly number[], installation: Installation): void {
    this.#isInstalling = true
    const ports: ForeignLoadPorts = {
      ...this.#ports,
      loading: useless => this.#loading(head, keys, 'beside', useless),
      drop: some => this.drop(some),
      replacing: () => {
        this.#stored = undefined
      },
      stands: load => {
        this.#keys = { state: load.keys.state, index: this.#keys.index }
        this.#number = Math.max(this.#number, ...[...head.state, ...head.index].map(({ checkpoint }) => checkpoint))
      },
      over: told =>
        this.#ports.turn(() => {
          this.#isInstalling = false
          told()
          this.#idle()
        }),
    }
    new ForeignLoad(ports, head, keys, installation).begin()
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

  /** @param useless called when what was read is malformed; left out: that stops the replica */
  #loading(
    head: CheckpointHead,
    keys: readonly number[],
    pace: Pace,
    useless?: (error: TableError) => void,
  ): CheckpointLoad {
    const { timers, works, store } = this.#ports
    const failed = (error: Error) => {
      if (this.#isStopped) return
      const malformed = error instanceof TableError ? error : error.cause
      if (useless !== undefined && malformed instanceof TableError) useless(malformed)
      else this.#ports.failed(error)
    }
    return new CheckpointLoad({ timers, works, store, failed }, head, keys, pace)
  }

  #later(): void {
    this.#ports.timers.set(sliceApartMs, () => this.#step())
  }

  /** Goes on after an event, if the work has waited for it. */
  #wake(run: CheckpointRun): void {
    if (!run.isAsleep || this.#run !== run) return
    run.isAsleep = false
    this.#later()
  }

  /** Does a slice of the work. */
  #step(): void {
    const run = this.#run
    if (run === undefined || this.#isStopped) return
    this.#ports.works.during('snapshot', () => this.#work(run))
    if (this.#run !== run) this.#idle()
    else if (awaitsEvent(run, this.#ports.limits.checkpointSegmentBytes)) run.isAsleep = true
    else this.#later()
  }

  #work(run: CheckpointRun): void {
    const { parts } = run
    if (parts === undefined) this.#gather(run)
    else if (run.isSettling) {
      if (parts.state.settle() && parts.index.settle()) this.#run = undefined
    } else if (!run.isWriting || pendingBytes(run) < this.#ports.limits.checkpointSegmentBytes) this.#slice(run, parts)
  }

  /** Puts entries of the index into its table. The point comes when all were put there. */
  #gather(run: CheckpointRun): void {
    const { limits, state, execution, ledger, outbox } = this.#ports
    const entries = run.pass.next(sliceEntries)
    putEntries(entries, this.#index.system(indexTable))
    if (entries.length > 0) return
    // The state machine gives no state: nothing is written or let go, and it is asked again after as many commands.
    if (ifThereIsAState(() => state.save() ?? true) === undefined) {
      this.#run = undefined
      this.#followers.ended(undefined)
      return
    }
    ledger.letGo(run.floor)
    run.parts = {
      head: { ...execution.place(), floor: run.floor },
      state: new TablesPart(state.tables, run.number, limits.checkpointSegmentBytes, this.#keys.state),
      index: new TablesPart(this.#index, run.number, limits.checkpointSegmentBytes, this.#keys.index),
    }
    outbox.whenDurable(() => {
      run.isRecorded = true
      this.#wake(run)
    })
  }

  #slice(run: CheckpointRun, { head, state, index }: NonNullable<CheckpointRun['parts']>): void {
    const { limits, codec } = this.#ports
    const part = state.isDone ? index : state
    for (const segment of part.slice(limits.checkpointSliceBytes)) run.pending.push({ part, segment })
    if (run.isWriting) return
    const isDone = state.isDone && index.isDone
    if (pendingBytes(run) >= limits.checkpointSegmentBytes || (isDone && run.pending.length > 0)) this.#add(run)
    else if (isDone && run.isRecorded) {
      const live = { state: state.live, index: index.live }
      const segments = [...state.keysOf(live.state), ...index.keysOf(live.index)]
      const stored = { number: run.number, head: encodeHead({ ...head, ...live }, codec), segments }
      run.isWriting = true
      this.#ports.store.commit(stored, error =>
        this.#written(run, error, () => this.#committed(run, stored, state, index)),
      )
    }
  }

  #add(run: CheckpointRun): void {
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

  #written(run: CheckpointRun, error: StoreError | null, then: () => void): void {
    const { turn, failed, log } = this.#ports
    if (this.#isStopped || this.#run !== run) return
    run.isWriting = false
    this.#wake(run)
    turn(() => {
      if (error === null) then()
      else if (error.code === 'storeFull') {
        log({ code: 'checkpointFailed', error })
        this.#abandon(run)
      } else failed(error)
    })
  }

  /** The records that the checkpoint covers go now, and not before. */
  #committed(run: CheckpointRun, stored: StoredCheckpoint, state: TablesPart, index: TablesPart): void {
    const { ledger, outbox, progress, truncated } = this.#ports
    run.isSettling = true
    this.#keys = { state: state.committed(), index: index.committed() }
    this.#isLatest(stored)
    this.#followers.ended(stored)
    progress.release()
    const { epoch } = ledger.membership
    // An empty snapshot takes the place of one that a program of before has left.
    outbox.writeExtra({ checkpoint: run.number, truncate: { epoch, upTo: run.floor }, snapshot: new Uint8Array() })
    outbox.whenDurable(() => truncated(run.floor))
  }

  /** The next checkpoint stands on the one before. */
  #abandon(run: CheckpointRun): void {
    run.isSettling = true
    run.parts?.state.abandoned()
    run.parts?.index.abandoned()
    this.#followers.ended(undefined)
    this.#ports.store.drop(run.added)
  }

  /** Runs what waits, one after the other: each may begin something. */
  #idle(): void {
    while (!this.isUnderWay) {
      const run = this.#waiting.shift()
      if (run === undefined) return
      run()
    }
  }

  #isLatest(stored: StoredCheckpoint): void {
    const { timers, state } = this.#ports
    const bytes = [...state.tables.live, ...this.#index.live].reduce((sum, { size }) => sum + size, 0)
    this.#stored = stored
    this.#latest = { bytes, sinceMs: timers.now() }
  }
}
