import type { Bounds } from '../machines/protocol/shape.ts'

/** The part of the table of limits that this folder needs (actors/shared/limits.ts holds the values). */
export interface NetLimits extends Bounds {
  /** A whole frame of or to a client. */
  readonly clientFrameBytesMax: number
  /** Client connections of one replica. */
  readonly clientConnectionsMax: number
  /** Those from one address. */
  readonly clientConnectionsPerAddressMax: number
  /** Client connections beyond these, for the operator alone. */
  readonly operatorConnectionsMax: number
  /** Bytes queued in a peer's socket; beyond them frames are dropped. */
  readonly linkQueueBytesMax: number
  /** From so many bytes queued in a peer's socket on the link has no room for repetitions. */
  readonly linkRoomBytes: number
  /** Bytes queued in a client's socket; a client for which more is to be sent is cut off. */
  readonly clientQueueBytesMax: number
  /** From so many bytes queued in a client's socket on, nothing more is made for it until they leave. */
  readonly clientRoomBytes: number
  /** A client whose socket has taken no byte for so long, while bytes wait for it, is cut off. */
  readonly clientStallMs: number
  /** From dialling to the open socket. */
  readonly connectTimeoutMs: number
  /** From the open socket to the verified greeting. */
  readonly greetingTimeoutMs: number
  /**
   * A socket is pinged this often, and given up when some intervals in a row bring no sign of life: two between replicas,
   * more for clients.
   */
  readonly pingIntervalMs: number
  /** The pause after a dial in vain; it doubles up to the maximum, and is jittered. */
  readonly reconnectDelayMs: number
  readonly reconnectDelayMaxMs: number
}
