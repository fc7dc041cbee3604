import type { Message } from '../../machines/protocol/messages.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Limits } from '../shared/limits.ts'

/**
 * The messages of a frame that are taken in. While the disk is full or hangs others are dropped, so that memory stays
 * bounded: messages may be lost (section 7).
 */
export function bearable(
  messages: readonly Message[],
  { outbox, disk }: { readonly outbox: Outbox; readonly disk: DiskHealth },
  { unwrittenMax, unwrittenBytesMax }: Limits,
): readonly Message[] {
  if (outbox.backlog < unwrittenMax && outbox.backlogBytes < unwrittenBytesMax) return messages
  if (disk.state === 'ok') return messages
  return messages.filter(({ type }) => type === 'heartbeat')
}
