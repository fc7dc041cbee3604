import { ExecutedSet } from '../machines/execution/executed-set.ts'
import type { Message, MessageOf } from '../machines/protocol/messages.ts'
import type { Codec } from '../net/codec.ts'
import type { Ledger } from './ledger.ts'
import type { SnapshotData } from './snapshots.ts'

/** A snapshot on its way to another replica, as plain data: its bytes, and frames of commits. */
export interface TransferredSnapshot {
  readonly snapshot: Uint8Array
  readonly commits: readonly Uint8Array[]
}

/** A frame of commits has no more than these, and about so many bytes. */
const frameCommitsMax = 1_000
const frameBytes = 1024 * 1024

/** The snapshot with the commits of all that is executed in it and of which there are still records here. */
export function transferOf(
  snapshot: Uint8Array,
  data: SnapshotData,
  ledger: Ledger,
  codec: Codec,
): TransferredSnapshot {
  const executed = ExecutedSet.fromData(data)
  const commits: Uint8Array[] = []
  let frame: Message[] = []
  let bytes = 0
  const close = () => {
    if (frame.length > 0) commits.push(codec.encodeMessages(frame))
    frame = []
    bytes = 0
  }
  for (const { id, record, payloadBytes } of ledger.entries()) {
    if (record?.phase !== 'committed' || record.cmd === undefined || !executed.has(id)) continue
    if (id.index <= data.floor[id.rank]!) continue
    frame.push({ type: 'commit', id, cmd: record.cmd, dep: record.dep })
    bytes += payloadBytes
    if (frame.length >= frameCommitsMax || bytes >= frameBytes) close()
  }
  close()
  return { snapshot, commits }
}

/** The commits that came with a snapshot. @throws CodecError */
export const commitsOf = ({ commits }: TransferredSnapshot, codec: Codec): MessageOf<'commit'>[] =>
  commits.flatMap(frame => codec.decodeMessages(frame)).filter(message => message.type === 'commit')
