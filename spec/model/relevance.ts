import { driveOf, type Part } from './chart.ts'
import type { Posted } from './post.ts'

/** What decides whether a message can still do anything at its receiver. */
export interface Receiver {
  readonly part: Part
  /** The instance as it would stand after a restart that forgets the commit; undefined when the commit is durable. */
  readonly before: Part | undefined
  /** A restart may still come, here. */
  readonly mayRestart: boolean
  /** The highest k of a `waiting` for the instance that was heard here. */
  readonly heard: number
  readonly waitingThreshold: number
  /** A broken rule: a second reply of one sender counts again. */
  readonly countsRepeats: boolean
}

/**
 * Can delivering the message ever do anything, now or later? What cannot is left out of states. To say yes is always
 * safe. It must be no only when, whatever else happens, the receiver would do nothing, or repeat what it has said.
 */
export function canMatter(receiver: Receiver, posted: Posted): boolean {
  if (posted.message.type === 'waiting') {
    const { k } = posted.message
    return k > receiver.waitingThreshold && (receiver.mayRestart || k > receiver.heard)
  }
  if (concerns(receiver.part, receiver, posted)) return true
  return receiver.before !== undefined && concerns(receiver.before, receiver, posted)
}

function concerns(part: Part, { mayRestart, countsRepeats }: Receiver, { from, message }: Posted): boolean {
  const { record, attempt, self, id } = part.context
  const isCommitted = record.phase === 'committed'
  // A commit that answers is one that is on its way already: every commit is told to all.
  if (isCommitted) return message.type === 'recover'
  const drive = driveOf(part)
  const mayResume = mayRestart && id.rank === self && record.bal === 0
  switch (message.type) {
    case 'commit':
      return true
    case 'preAccept':
      // A repeat gets the stored reply, which was sent.
      return record.bal === 0 && record.phase === 'initial'
    case 'accept':
      return record.bal <= message.bal && !(record.phase === 'accepted' && record.abal === message.bal)
    case 'recover':
      // Below the promise it is refused now, but answered at any ballot once the instance is committed.
      return true
    case 'validate':
      // A repeat is answered anew: what could invalidate may have changed.
      return record.bal <= message.bal
    case 'preAcceptOk':
      if (mayResume && record.phase !== 'accepted') return true
      return drive === 'preAccepting' && (countsRepeats || attempt?.preAcceptOks[from] === undefined)
    case 'acceptOk':
      if (mayResume && message.bal === 0) return true
      return attempt?.ballot === message.bal && (countsRepeats || (attempt.acceptOks & (1 << from)) === 0)
    case 'recoverOk': {
      if (attempt?.ballot !== message.bal || drive === 'accepting') return false
      const known = attempt.recoverOks[from]
      return countsRepeats || known === undefined || (message.phase === 'committed' && known.phase !== 'committed')
    }
    case 'validateOk':
      if (attempt?.ballot !== message.bal || drive !== 'validating') return false
      return countsRepeats || attempt.validateOks[from] === undefined
    default:
      return false
  }
}
