import type { Codec } from '../net/codec.ts'
import type { StoreContents } from '../storage/store.ts'
import type { Execution } from './execution.ts'
import type { Ledger } from './ledger.ts'

interface RebuildPorts {
  readonly codec: Codec
  readonly ledger: Ledger
  readonly execution: Execution
}

/**
 * Makes a replica know again what it knew (protocol.md section 6, after a restart): the state of the last snapshot, then
 * every record, every promise, and the conflict index from all payloads (B18), before it votes.
 */
export function rebuild({ snapshot, records }: StoreContents, { codec, ledger, execution }: RebuildPorts): void {
  if (snapshot !== undefined) execution.restore(snapshot)
  for (const { epoch, rank, index, vote, command } of records) {
    const payload = command === undefined ? undefined : codec.decodeCommand(command)
    const record = codec.decodeVote(vote, payload)
    const entry = ledger.entry({ epoch, rank, index })
    entry.payloadStored = payload !== undefined
    ledger.heardOf(rank, index)
    ledger.write(entry, record)
    entry.executed = execution.has(entry.id)
    if (record.phase === 'committed' && record.cmd !== undefined && !entry.executed)
      execution.committed(entry.id, record.cmd, record.dep)
  }
}
