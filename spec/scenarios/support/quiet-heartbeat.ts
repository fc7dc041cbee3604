import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import type { MessageOf } from '../../../machines/protocol/messages.ts'

/** A heartbeat of a member that has executed nothing, and promises nothing; whether it votes is told beside it. */
export function quietHeartbeat(known: Dependencies): Omit<MessageOf<'heartbeat'>, 'canVote'> {
  const none = known.map(() => 0)
  return { type: 'heartbeat', known, executed: none, inStep: true, raised: none, raisedFrom: 1, barrier: 0 }
}
