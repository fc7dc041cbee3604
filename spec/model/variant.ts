import type { InstanceMachine } from '../../machines/instance/machine.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'

/** The rules as they are, or with one of them broken. */
export interface Variant {
  readonly machine: InstanceMachine
  /** What is said instead of a message. */
  readonly says?: (message: InstanceMessage) => InstanceMessage
  /** A second reply of one sender counts again: then repeats are no repeats. */
  readonly countsRepeats?: boolean
}
