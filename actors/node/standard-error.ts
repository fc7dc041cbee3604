import { levelOf, type ReplicaEvent, textOf } from '../shared/events.ts'

/** Everything that a terminal would not show as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/**
 * The log of a replica without one of its own: errors, one line each, on standard error. A program that
 * gives no log has no other way to learn of them.
 */
export function logToStandardError(event: ReplicaEvent): void {
  if (levelOf(event) !== 'error') return
  const text = textOf(event).replace(unprintable, each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // A console outlives its reader: a line that cannot be written is lost.
  console.error(`epaxos: ${text}`)
}
