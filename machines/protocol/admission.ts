import { initialBallot, isBallot, ownerOf } from './ballots.ts'
import type { Membership, Rank } from './membership.ts'
import type { InstanceMessage } from './messages.ts'

/**
 * The checks of protocol.md section 7 that need nothing but the message, its sender and the membership. Whatever fails
 * them is dropped: it comes from a faulty or foreign peer.
 * @returns why the message is not admitted, or undefined
 */
export function inadmissible(message: InstanceMessage, from: Rank, membership: Membership): string | undefined {
  const { n } = membership.quorums
  const { id } = message
  if (id.epoch !== membership.epoch) return `epoch ${id.epoch}, not ${membership.epoch}`
  if (id.rank >= n || id.index < 1) return `no instance ${id.rank}.${id.index}`
  if ('dep' in message && message.dep.length !== n) return `dependencies of ${message.dep.length} replicas, not ${n}`
  if ('bal' in message && !isBallot(message.bal, n)) return `no ballot ${message.bal}`
  switch (message.type) {
    case 'preAccept':
      return from === id.rank ? undefined : 'a preAccept comes from the initial coordinator alone'
    case 'recover':
    case 'validate':
      if (message.bal === initialBallot) return `${message.type} at ballot 0`
      return from === ownerOf(message.bal, id.rank, n) ? undefined : `ballot ${message.bal} is not the sender's`
    case 'accept':
      return from === ownerOf(message.bal, id.rank, n) ? undefined : `ballot ${message.bal} is not the sender's`
    case 'recoverOk':
      if (message.initDep.length !== n) return `dependencies of ${message.initDep.length} replicas, not ${n}`
      return message.phase === 'initial' || message.cmd !== undefined ? undefined : `${message.phase} without a command`
    case 'validateOk':
      return message.invalidating.every(each => each.id.epoch === id.epoch && each.id.rank < n && each.id.index >= 1)
        ? undefined
        : 'it names an instance that cannot be'
    default:
      return undefined
  }
}
