import type { InstanceActor } from '../../machines/instance/machine.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Record } from '../../machines/protocol/record.ts'

/** The state that a replica holds about one instance. */
export interface Entry {
  readonly id: InstanceId
  /** The record last written by its statechart; undefined while the id is only seen. */
  record: Record | undefined
  /** Whether the payload is on disk, or in the flush that is under way. */
  payloadStored: boolean
  /** Bytes of the payload; 0 while it is not known. */
  payloadBytes: number
  /** Its statechart while it lives: from the first event to executed and durable. */
  actor: InstanceActor | undefined
  executed: boolean
  /**
   * Peers, by rank, as bits, that hold the payload, as they have told or by the order of the link. It is not sent to
   * them again.
   */
  heldBy: number
}

/** The entry of an id that is only heard of. */
export const newEntry = (id: InstanceId): Entry => ({
  id,
  record: undefined,
  payloadStored: false,
  payloadBytes: 0,
  actor: undefined,
  executed: false,
  heldBy: 0,
})

/** Whether an instance is committed here, or executed in a snapshot. */
export const isDecided = (entry: Entry | undefined): boolean =>
  entry?.record?.phase === 'committed' || entry?.executed === true
