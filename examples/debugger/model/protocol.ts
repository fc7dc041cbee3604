import type { InstanceSnapshot } from '../../../machines/instance/machine.ts'
import type { MessageType } from '../../../machines/protocol/messages.ts'

/** What the debugger knows of the protocol's names. Each list is whole by its type: a name that is missing does not compile. */

type Undecided = Extract<InstanceSnapshot['value'], { readonly undecided: unknown }>['undecided']
/** The leaves of the statechart: what a replica drives for an instance that is not decided. */
export type DriveState = Undecided['drive']

/** What a message is for: its colour, and its line in the legend. */
export type MessageGroup = 'preAccept' | 'accept' | 'commit' | 'recover' | 'other'

const groups: { readonly [Type in MessageType]: MessageGroup } = {
  preAccept: 'preAccept',
  preAcceptOk: 'preAccept',
  accept: 'accept',
  acceptOk: 'accept',
  commit: 'commit',
  recover: 'recover',
  recoverOk: 'recover',
  validate: 'recover',
  validateOk: 'recover',
  waiting: 'recover',
  tryRecover: 'recover',
  nack: 'recover',
  stable: 'other',
  fetch: 'other',
  fetchEnd: 'other',
  fetchSnapshot: 'other',
  snapshotChunk: 'other',
  digest: 'other',
  readAsk: 'other',
  readSeen: 'other',
  heartbeat: 'other',
  stores: 'other',
}

/** Every type of message, in the order of a commit, a recovery, and the rest. */
export const messageTypes = Object.keys(groups) as readonly MessageType[]

/** A trace may come from another version, and have types that are not known here. */
export const groupOf = (type: string): MessageGroup => (isKnown(type) ? groups[type] : 'other')

const isKnown = (type: string): type is MessageType => Object.hasOwn(groups, type)
