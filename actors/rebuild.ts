import type { Dependencies } from '../machines/protocol/dependencies.ts'
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
 * @returns per row the highest index that any record depends on: those count as seen too (section 4), also when nobody
 *   who lives has a record of them
 */
export function rebuild(
  { snapshot, records }: StoreContents,
  { codec, ledger, execution }: RebuildPorts,
): Dependencies {
  if (snapshot !== undefined) execution.restore(snapshot)
  const dependedOn = ledger.membership.members.map(() => 0)
  for (const { epoch, rank, index, vote, command } of records) {
    const payload = command === undefined ? undefined : codec.decodeCommand(command)
    const record = codec.decodeVote(vote, payload)
    const entry = ledger.entry({ epoch, rank, index })
    entry.payloadStored = payload !== undefined
    ledger.heardOf(rank, index)
    ledger.write(entry, record)
    record.dep.forEach((each, row) => {
      if (each > dependedOn[row]!) dependedOn[row] = each
    })
    entry.executed = execution.has(entry.id)
    if (record.phase === 'committed' && record.cmd !== undefined && !entry.executed)
      execution.committed(entry.id, record.cmd, record.dep)
  }
  return dependedOn
}
