import { levelOf, type ReplicaEvent, textOf } from '../shared/events.ts'

/**
 * The log of a replica without one of its own: errors, one line each, on standard error. A program that gives no log has
 * no other way to learn of them. Links come and go, so warnings are left to programs that listen.
 */
export function logToStandardError(event: ReplicaEvent): void {
  if (levelOf(event) !== 'error') return
  // A console outlives its reader: a line that cannot be written is lost.
  console.error(`epaxos: ${textOf(event)}`)
}
