import { ExecutedSet } from '../../machines/execution/executed-set.ts'
import type { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf, WithValue } from '../../machines/protocol/messages.ts'
import { type Codec, CodecError } from '../../net/codec.ts'
import type { Execution } from '../execution/execution.ts'
import type { ReplicatedState } from '../execution/replicated-state.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Instances } from '../instances/instances.ts'
import type { OwnInstances } from '../instances/own-instances.ts'
import type { StepsInstances } from '../instances/stepper.ts'
import type { Watch } from '../instances/watch.ts'
import type { Batch } from '../proposing/batch.ts'
import type { Proposals } from '../proposing/proposals.ts'
import type { Donors } from '../records/donors.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Retirement } from '../records/retirement.ts'
import type { Counters } from '../shared/counters.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import { checkCommits, checkHead } from './check-head.ts'
import type { CheckpointHead } from './checkpoint-head.ts'
import type { Checkpoints } from './checkpoints.ts'
import { DonorPauses } from './donor-pauses.ts'
import { replaying } from './rebuild.ts'
import { SnapshotError } from './snapshot-error.ts'
import type { Truncation } from './truncation.ts'
import { WorkSlice } from './work-slice.ts'

export type Commit = WithValue<MessageOf<'commit'>>

const isWhole = (message: Message): message is Commit => message.type === 'commit' && message.cmd !== undefined

export interface InstallerPorts {
  readonly self: Rank
  readonly limits: Pick<Limits, 'fetchTimeoutMs'>
  readonly membership: Membership
  readonly codec: Codec
  readonly ledger: Ledger
  readonly execution: Execution
  readonly state: Pick<ReplicatedState, 'replacing' | 'kept' | 'repeated' | 'isReplaced'>
  readonly instances: Instances
  readonly stepper: StepsInstances
  readonly own: OwnInstances<Batch>
  readonly proposals: Proposals
  readonly watch: Watch
  readonly retirement: Retirement
  readonly outbox: Outbox
  readonly donors: Pick<Donors, 'didNotHelp'>
  readonly truncation: Truncation
  readonly checkpoints: Pick<Checkpoints, 'whenIdle' | 'install' | 'drop'>
  readonly progress: Pick<DurableProgress, 'hold'>
  readonly counters: Counters
  readonly tap: Tap | undefined
  now(): number
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** Watched ids that are looked through between two pauses. */
const watchedAtOnce = 1_024

/** A checkpoint of another replica that has come as a whole. */
export interface Arrived {
  readonly head: CheckpointHead
  /** The segments in the own store, by their keys: those of the state, then those of the index. */
  readonly keys: readonly number[]
  /** The commits that it stands on, above its floor. */
  readonly commits: readonly Commit[]
  readonly bytes: number
}

/**
 * Installs checkpoints of other replicas ([rule 8.12](../../machines/protocol/README.md#rule-8-12)). A replica that missed
 * too much to fetch single commits gets the whole state.
 */
export class Installer {
  readonly #ports: InstallerPorts
  readonly #pauses: DonorPauses
  #isUnderWay = false

  constructor(ports: InstallerPorts) {
    this.#ports = ports
    this.#pauses = new DonorPauses(ports.now, ports.limits.fetchTimeoutMs)
  }

  /** Whether a checkpoint has come, and is not installed yet. */
  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /**
   * Checks a checkpoint before anything of it is installed. Ids executed here and not there have to be executed again, from
   * their records.
   * @throws SnapshotError `snapshotMalformed`; `snapshotLacks` when it lacks an id that was executed here and of which there is no record
   */
  check(head: CheckpointHead): void {
    const { ledger } = this.#ports
    checkHead(head, ledger.membership.quorums.n)
    const executed = ExecutedSet.fromData(head)
    const { epoch } = ledger.membership
    for (const [rank, upTo] of executed.prefix().entries())
      for (let index = upTo + 1; index <= ledger.known[rank]!; index++) {
        const id = { epoch, rank, index }
        if ((ledger.isGone(id) || ledger.isTruncated(rank, index)) && !executed.has(id))
          throw new SnapshotError(
            'snapshotLacks',
            `it lacks ${rank}.${index} (by rank), which was executed here and cannot be executed again`,
          )
      }
  }

  /** Whether nothing is fetched of a donor for now: what came of it was of no use. */
  isPaused(donor: Rank): boolean {
    return this.#pauses.has(donor)
  }

  /** Called when a checkpoint is useless: other donors are asked. */
  useless(donor: Rank, error: SnapshotError): void {
    const { membership, donors, tap, log } = this.#ports
    this.#pauses.useless(donor)
    donors.didNotHelp(donor)
    tap?.snapshotCame?.(donor, false)
    log({ code: 'snapshotUseless', donor: membership.members[donor]!, error })
  }

  /** Reads a frame of the commits that a checkpoint stands on. @throws SnapshotError `snapshotMalformed` */
  read(donor: Rank, frame: Uint8Array): readonly Commit[] {
    const { codec, membership } = this.#ports
    try {
      const commits = codec.decodeMessages(frame).filter(isWhole)
      checkCommits(commits, donor, membership)
      return commits
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause
      throw new SnapshotError('snapshotMalformed', `it cannot be read: ${cause.message}`, { cause })
    }
  }

  /**
   * Called when all parts of a checkpoint have arrived. A useless one is dropped. While the own state was not touched, all
   * is as before; else nothing is executed, or read, until the checkpoint of another donor is installed.
   */
  install(donor: Rank, arrived: Arrived): void {
    const { checkpoints, execution, state } = this.#ports
    this.#isUnderWay = true
    const useless = (error: SnapshotError) => {
      this.#isUnderWay = false
      this.useless(donor, error)
    }
    checkpoints.whenIdle(() => {
      try {
        this.check(arrived.head)
      } catch (error) {
        if (!(error instanceof SnapshotError)) throw error
        checkpoints.drop(arrived.keys)
        useless(error)
        return
      }
      const wasWhole = !state.isReplaced
      execution.hold()
      state.replacing()
      checkpoints.install(arrived.head, arrived.keys, {
        before: () => this.#taking(donor, arrived.commits),
        replace: index => this.#replacing(arrived.head, index),
        done: () => this.#installed(donor, arrived),
        useless: (error, isTouched) => {
          if (wasWhole && !isTouched) {
            execution.release()
            state.kept()
          }
          useless(error)
        },
      })
    })
  }

  /** What was executed here is executed again, and the next checkpoint may begin. */
  #installed(donor: Rank, { bytes }: Arrived): void {
    const { membership, counters, state, checkpoints, truncation, tap, log } = this.#ports
    this.#isUnderWay = false
    this.#pauses.end()
    state.repeated()
    counters.snapshotsInstalled++
    checkpoints.whenIdle(() => truncation.now())
    tap?.snapshotCame?.(donor, true)
    log({ code: 'snapshotInstalled', donor: membership.members[donor]!, bytes })
  }

  /** Takes the commits that a checkpoint stands on, some at a time: each is a fact by itself. */
  *#taking(donor: Rank, commits: readonly Commit[]): Generator<void, void> {
    const { ledger, stepper } = this.#ports
    const slice = new WorkSlice('beside')
    // The turn that has read the last of them is over first.
    yield
    for (const message of commits) {
      const { rank, index } = message.id
      // The donor may keep more than this replica does.
      if (ledger.isTruncated(rank, index)) continue
      const entry = ledger.entry(message.id)
      if (entry.record?.phase === 'committed') continue
      stepper.send(entry, { type: 'commit', from: donor, message })
      if (slice.isOver(message.cmd)) yield
    }
  }

  /**
   * Takes over what a checkpoint of another replica says, whose tables are loaded. Instances executed there count as executed
   * here, those executed here alone are executed again from their records, the index counts, and own votes stay. Nothing was
   * executed meanwhile, and no record went.
   */
  *#replacing(head: CheckpointHead, index: ConflictIndex): Generator<void, void> {
    const { ledger, execution, instances, progress, outbox, retirement } = this.#ports
    // A crash before the next checkpoint undoes it.
    progress.hold()
    execution.adopt(head)
    // With the executed set: an id executed there before others would seem never to have been (rule 4.4).
    ledger.index.countBeside(index)
    ledger.installExecuted(head)
    // An own fast-path commit that is not durable yet is executed once it is, as always.
    yield* replaying(ledger, execution, entry => outbox.isDurable(entry) || !instances.hasCommittedFast(entry))
    yield* this.#watching()
    for (const entry of ledger.entries()) if (entry.executed) retirement.add(entry)
    // Their results were given elsewhere, and are not known here.
    for (const proposal of execution.takeExecutedElsewhere()) proposal.abandoned()
    // Each turn ends with a share. Commands that come meanwhile are not waited for.
    const repeated = execution.count + execution.pending
    do yield
    while (execution.hasMore && execution.count < repeated)
  }

  /** What it has executed is watched no more; gaps between its executed ids count as heard of. */
  *#watching(): Generator<void, void> {
    const { membership, ledger, execution, watch } = this.#ports
    const { epoch } = membership
    let count = 0
    for (const rank of membership.members.keys())
      for (const index of [...watch.indices(rank)]) {
        if (++count % watchedAtOnce === 0) yield
        if (!execution.has({ epoch, rank, index })) continue
        watch.committed(rank, index)
        this.#ownCommitted(rank, index)
      }
    for (const { id } of ledger.uncommitted()) {
      if (++count % watchedAtOnce === 0) yield
      watch.resume(id.rank, id.index)
    }
  }

  #ownCommitted(rank: Rank, index: number): void {
    const { self, own, proposals } = this.#ports
    const batch = rank === self ? own.committed(index) : undefined
    if (batch !== undefined) proposals.committed(batch)
  }
}
