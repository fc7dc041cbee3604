import type { Ledger } from '../../actors/records/ledger.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'

/** As the replica's dispatch does: the message, with what its rule needs to know of this replica. */
export function eventOf(
  from: Rank,
  message: Exclude<InstanceMessage, { type: 'waiting' }>,
  ledger: Pick<Ledger, 'conflicting' | 'invalidating'>,
): InstanceEvent {
  switch (message.type) {
    case 'preAccept':
      return { type: 'preAccept', from, message, conflicting: ledger.conflicting(message.id, message.cmd) }
    case 'preAcceptOk':
      return { type: 'preAcceptOk', from, message, down: 0 }
    case 'validate': {
      const invalidating = ledger.invalidating(message.id, message.cmd, message.dep)
      return { type: 'validate', from, message, invalidating }
    }
    default:
      return { type: message.type, from, message } as InstanceEvent
  }
}
