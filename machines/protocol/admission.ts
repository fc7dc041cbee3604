import { initialBallot, isBallot, ownerOf } from './ballots.ts'
import { NOP } from './commands.ts'
import type { Membership, Rank } from './membership.ts'
import type { InstanceMessage } from './messages.ts'

/** Why a message is dropped at the door ([section 7](./README.md#section-7)). */
export type RejectionCode =
  | 'otherEpoch'
  /** The message is about an impossible instance, or names one. */
  | 'noInstance'
  /** A vector of another length than the membership's. */
  | 'vectorLength'
  /** A number that is no ballot of this membership. */
  | 'noBallot'
  /** Ballot 0 is the initial coordinator's: no recovery uses it. */
  | 'ballotZero'
  /** The sender may not send it: it is neither the coordinator nor the owner of the ballot. */
  | 'notOwner'
  /** A vote or a decision without a command. */
  | 'noCommand'
  /** The index is too far above the committed prefix of its row here. */
  | 'beyondWindow'
  /** The answer would name more instances than a message may. */
  | 'answerTooLong'
  /** It names ids far above what their owner, who is live, has announced; or more as executed than its sender has. */
  | 'unannounced'
  /** A ballot that no honest recovery can have reached from the one promised here. */
  | 'beyondReason'
  /** A command that no replica could execute, or a Nop with dependencies. */
  | 'badValue'
  /** Another payload, or another decision, than the one that stands here for the id. */
  | 'contradiction'

export interface Rejection {
  readonly code: RejectionCode
  /** Text for people. */
  readonly text: string
}

/**
 * The checks of [section 7](./README.md#section-7) that need nothing but the message, its sender and the membership. A
 * message that fails them is dropped: it comes from a faulty or foreign peer.
 * @returns the reason for a rejection, or undefined
 */
export function inadmissible(message: InstanceMessage, from: Rank, membership: Membership): Rejection | undefined {
  const { n } = membership.quorums
  const { id } = message
  if (id.epoch !== membership.epoch) return reject('otherEpoch', `epoch ${id.epoch}, not ${membership.epoch}`)
  if (id.rank >= n || id.index < 1) return reject('noInstance', `no instance ${id.rank}.${id.index}`)
  if ('dep' in message && message.dep.length !== n) return badVector(message.dep.length, n)
  if ('bal' in message && !isBallot(message.bal, n)) return reject('noBallot', `no ballot ${message.bal}`)
  if ('cmd' in message && message.cmd === NOP && message.dep.some(index => index > 0))
    return reject('badValue', 'a Nop with dependencies')
  switch (message.type) {
    case 'preAccept':
      return from === id.rank ? undefined : reject('notOwner', 'a preAccept comes from the initial coordinator alone')
    case 'recover':
    case 'validate':
      if (message.bal === initialBallot) return reject('ballotZero', `${message.type} at ballot 0`)
      return from === ownerOf(message.bal, id.rank, n) ? undefined : notOwner(message.bal)
    case 'accept':
      return from === ownerOf(message.bal, id.rank, n) ? undefined : notOwner(message.bal)
    case 'recoverOk':
      if (message.initDep.length !== n) return badVector(message.initDep.length, n)
      if (!isBallot(message.abal, n)) return reject('noBallot', `no ballot ${message.abal}`)
      if (message.phase === 'preAccepted' && message.cmd === NOP) return reject('noCommand', 'a pre-accepted Nop')
      return message.phase === 'initial' || message.cmd !== undefined
        ? undefined
        : reject('noCommand', `${message.phase} without a command`)
    case 'validateOk':
      return message.invalidating.every(each => each.id.epoch === id.epoch && each.id.rank < n && each.id.index >= 1)
        ? undefined
        : reject('noInstance', 'it names an instance that cannot be')
    default:
      return undefined
  }
}

const reject = (code: RejectionCode, text: string): Rejection => ({ code, text })
const notOwner = (ballot: number): Rejection => reject('notOwner', `ballot ${ballot} is not the sender's`)
const badVector = (length: number, n: number): Rejection =>
  reject('vectorLength', `dependencies of ${length} replicas, not ${n}`)
