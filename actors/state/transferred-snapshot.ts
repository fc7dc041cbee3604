import { ExecutedSet, type ExecutedSetData } from '../../machines/execution/executed-set.ts'
import { NOP } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Message, MessageOf, WithValue } from '../../machines/protocol/messages.ts'
import { type Codec, CodecError } from '../../net/codec.ts'
import type { Ledger } from '../records/ledger.ts'
import { SnapshotError } from './snapshot-error.ts'

/** The executed set of a snapshot, and the floor of its records. */
export interface SnapshotPlace extends ExecutedSetData {
  readonly floor: Dependencies
}

/** A snapshot on its way to another replica, as plain data: its bytes, and frames of commits. */
export interface TransferredSnapshot {
  readonly snapshot: Uint8Array
  readonly commits: readonly Uint8Array[]
}

/** Maximum number of commits in a frame, and the approximate maximum of its bytes. */
const frameCommitsMax = 1_000
const frameBytes = 1024 * 1024

/**
 * Makes a transfer of a snapshot: its bytes, and the commits of all executed instances whose records are still here.
 */
export function transferOf(
  snapshot: Uint8Array,
  data: SnapshotPlace,
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
  for (const { id, record } of ledger.entries()) {
    if (record?.phase !== 'committed' || record.cmd === undefined || !executed.has(id)) continue
    if (id.index <= data.floor[id.rank]!) continue
    const { cmd, dep } = record
    const commandBytes = cmd === NOP ? 0 : codec.encodeCommand(cmd).length
    if (frame.length >= frameCommitsMax || bytes + commandBytes > frameBytes) close()
    frame.push({ type: 'commit', id, cmd, dep })
    bytes += commandBytes
  }
  close()
  return { snapshot, commits }
}

/**
 * Reads a transfer from a donor, and the commits in it.
 * @throws SnapshotError `snapshotMalformed`
 */
export function readTransfer(
  bytes: Uint8Array,
  codec: Codec,
): { readonly snapshot: Uint8Array; readonly commits: readonly WithValue<MessageOf<'commit'>>[] } {
  try {
    const { snapshot, commits } = codec.decodeData(bytes) as Partial<TransferredSnapshot>
    if (!(snapshot instanceof Uint8Array) || !Array.isArray(commits))
      throw new CodecError('a snapshot and commits are expected')
    return {
      snapshot,
      commits: commits.flatMap(frame => codec.decodeMessages(frame)).filter(isWhole),
    }
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause
    throw new SnapshotError('snapshotMalformed', `it cannot be read: ${cause.message}`, { cause })
  }
}

const isWhole = (message: Message): message is WithValue<MessageOf<'commit'>> =>
  message.type === 'commit' && message.cmd !== undefined
