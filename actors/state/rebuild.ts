import { payloadOf } from '../../machines/protocol/record.ts'
import type { Codec } from '../../net/codec.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { Execution } from '../execution/execution.ts'
import { ExecutionShare } from '../execution/execution-share.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Component } from '../shared/component.ts'
import type { Pace } from './read-segments.ts'
import type { Snapshots } from './snapshots.ts'
import { WorkSlice } from './work-slice.ts'

interface RebuildPorts {
  readonly codec: Codec
  readonly ledger: Ledger
  readonly execution: Execution
  readonly snapshots: Snapshots
  /** They take over what they had before anything is executed. */
  readonly components: readonly Component[]
}

/**
 * Rebuilds the knowledge of a replica after a restart ([section 6](../../machines/protocol/README.md#section-6)): the
 * last snapshot with its indices, then every record, every promise, and the conflict index from all payloads (B18),
 * before it votes; then it executes what they have. It pauses: a replica that has stood in a flood has tens of thousands of
 * records.
 */
export function* rebuilding(
  contents: StoreContents,
  { codec, ledger, execution, snapshots, components }: RebuildPorts,
): Generator<void, void> {
  const { snapshot, records, checkpoint } = contents
  // A checkpoint was loaded already, and takes the place of a snapshot of before.
  if (snapshot !== undefined && checkpoint === undefined) snapshots.load(snapshot)
  const slice = new WorkSlice('alone')
  for (const { epoch, rank, index, vote, command } of records) {
    // The record was written before the deletion that covers it.
    if (ledger.isTruncated(rank, index)) continue
    const payload = command === undefined ? undefined : codec.decodeCommand(command)
    const record = codec.decodeVote(vote, payload)
    const entry = ledger.entry({ epoch, rank, index })
    entry.payloadStored = payload !== undefined
    ledger.heardOf(rank, index)
    const learnt = ledger.write(entry, record)
    if (learnt !== undefined) execution.learnt(entry.id, learnt)
    if (slice.isOver(payloadOf(record))) yield
  }
  yield* replaying(ledger, execution, () => true, 'alone')
  for (const component of components) component.resume?.(contents)
  yield* executing(execution)
}

/**
 * Gives the executor, which stands at a checkpoint, all records beyond it, with pauses: what is executed meanwhile waits for
 * payloads that are still to come.
 * @param mayExecute whether a committed instance may be executed visibly
 */
export function* replaying(
  ledger: Ledger,
  execution: Execution,
  mayExecute: (entry: Entry) => boolean = () => true,
  pace: Pace = 'beside',
): Generator<void, void> {
  const slice = new WorkSlice(pace)
  for (const entry of ledger.entries()) {
    const { id, record } = entry
    if (record === undefined) continue
    if (slice.isOver(payloadOf(record))) yield
    if (execution.has(id)) {
      ledger.executed(entry)
      continue
    }
    entry.executed = false
    const payload = payloadOf(record)
    if (payload !== undefined) execution.learnt(id, payload)
    if (record.phase === 'committed' && record.cmd !== undefined && mayExecute(entry))
      execution.committed(id, record.cmd, record.dep)
  }
}

/** Executes all that is ready, a share at a time. Nothing waits for an answer. */
export function* executing(execution: Pick<Execution, 'run' | 'hasMore'>): Generator<void, void> {
  for (;;) {
    execution.run(new ExecutionShare())
    if (!execution.hasMore) return
    yield
  }
}
