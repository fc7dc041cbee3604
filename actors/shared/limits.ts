import { membersMax } from '../../machines/protocol/quorums.ts'
import type { Bounds } from '../../machines/protocol/shape.ts'

const kib = 1024
const mib = 1024 * kib

/** Every queue, frame, retry, delay and map of a replica has its limit here, unit last. */
export interface Limits extends Bounds {
  /** A whole frame of a client, bytes; it may hold many commands. */
  readonly clientFrameBytesMax: number
  /** A batch closes when its payloads reach this. */
  readonly batchBytesMax: number
  /** Client commands waiting to be proposed at one replica; more are refused as `overloaded`. */
  readonly proposalQueueMax: number
  /** A client with fewer commands waiting than this is let in all the same: others' floods do not keep it out. */
  readonly laneQueueMin: number
  /** A replica that hears too few to decide anything keeps commands waiting for this long, and then refuses them. */
  readonly isolatedWaitMs: number
  /** Requests of one client connection that are not answered yet; more are refused as `overloaded`. */
  readonly sessionInFlightMax: number
  /** Client connections of one replica. */
  readonly sessionsMax: number
  /** A session in which nothing was applied for this long is ended. */
  readonly sessionIdleMs: number
  /** Commands that are due by the clock (a time to live is over) and are proposed at once by one replica. */
  readonly dueCommandsMax: number
  /** Own instances that are not committed yet: commands beyond them wait and are batched. */
  readonly ownInFlightMax: number
  /** Own uncommitted instances on one key: commands on it beyond them wait (section 5, endless conflicts). */
  readonly ownInFlightPerKeyMax: number
  /** An index this far above the committed prefix of its row is rejected (section 7). */
  readonly indexWindowMax: number
  /** Ids asked for in one fetch. */
  readonly fetchIdsMax: number
  /**
   * Own indices that are reserved at once, so that a preAccept leaves before its record is durable (section 6, the faster
   * rule); at most a quarter of the window. 0: the simple rule, it leaves after.
   */
  readonly reservedIndices: number
  /** Recoveries led by one replica at once. */
  readonly recoveriesMax: number

  readonly heartbeatIntervalMs: number
  /** A peer not heard of for this long is suspected. */
  readonly suspicionMs: number
  /** An uncommitted instance of a live coordinator is retransmitted, or asked for, after this; it grows by doubling. */
  readonly retransmitDelayMs: number
  readonly retransmitDelayMaxMs: number
  /** An uncommitted instance of a suspected coordinator is recovered after this; it grows by doubling. */
  readonly recoveryDelayMs: number
  readonly recoveryDelayMaxMs: number
  /** The longest wait for the fast path once a slow quorum has answered (3.3); usually twice the shortest round trip. */
  readonly fastPathWaitMaxMs: number
  /** A commit that nobody is known to wait for may wait for so long for another frame to the same peer; 0: never. */
  readonly commitDelayMs: number
  /** A vote that its coordinator does not wait for may wait for so long for another flush; 0: all are waited for. */
  readonly voteDelayMs: number
  /** Commands gather for the next batch while one is under way, where the nearest replica is no farther than this; 0: never. */
  readonly paceRoundTripMaxMs: number
  /** A donor that sends nothing for this long is given up for another. */
  readonly fetchTimeoutMs: number
  /**
   * What need only be durable some day (learnt commits, own votes that decide nothing yet) is flushed after this, if no other
   * flush takes it along.
   */
  readonly lazyFlushMs: number
  /** Records and messages that wait for room on a full disk; beyond them, what peers say is dropped until there is room. */
  readonly unwrittenMax: number
  /** A local snapshot is taken after this many executed commands, or later: when they have twice the bytes of the last one. */
  readonly snapshotCommands: number
  /** It is taken earlier when what was executed since takes up so much memory: large values. */
  readonly snapshotAfterBytes: number
  /**
   * How often replicas compare their states; 0: never. Each stands still for a snapshot and its digest meanwhile: with the
   * key-value store 0.14 s of processor time at 100,000 keys (8 MB), 1.8 s at a million (spec/bench/comparison.bench.ts).
   */
  readonly digestIntervalMs: number
  /** The latest records of each row that stay though nobody needs them: who missed no more fetches, and needs no snapshot. */
  readonly recordsKept: number
  /** The commands of these have no more bytes than this, in each row: batches of a loaded cluster are large. */
  readonly recordsKeptBytes: number
  /** A part of a snapshot on its way to another replica. */
  readonly snapshotChunkBytes: number
  /** A snapshot beyond this is not fetched. */
  readonly snapshotBytesMax: number
  /** Backups that are fetched from one replica at once; each is the whole state in its memory. */
  readonly backupsMax: number
  /** A drain gives up waiting for what is in flight after this. */
  readonly drainMaxMs: number

  /** Bytes queued in a peer's socket; beyond them frames are dropped (they are retransmitted when it matters). */
  readonly linkQueueBytesMax: number
  /** Bytes queued in a client's socket; a client that reads nothing is cut off. */
  readonly clientQueueBytesMax: number
  readonly connectTimeoutMs: number
  /** From the TCP connection to the verified greeting. */
  readonly greetingTimeoutMs: number
  readonly pingIntervalMs: number
  readonly reconnectDelayMs: number
  readonly reconnectDelayMaxMs: number
}

export const defaultLimits: Limits = {
  membersMax,
  keyBytesMax: 1 * kib,
  payloadBytesMax: 1 * mib + 64 * kib,
  batchCommandsMax: 1_024,
  footprintKeysMax: 4_096,
  idsMax: 16_384,
  textBytesMax: 4 * kib,
  frameMessagesMax: 16_384,
  frameBytesMax: 16 * mib,
  clientFrameBytesMax: 4 * mib,
  batchBytesMax: 1 * mib,
  proposalQueueMax: 65_536,
  laneQueueMin: 16,
  isolatedWaitMs: 1_000,
  sessionInFlightMax: 16_384,
  sessionsMax: 4_096,
  sessionIdleMs: 3_600_000,
  dueCommandsMax: 1_024,
  ownInFlightMax: 16,
  ownInFlightPerKeyMax: 4,
  indexWindowMax: 16_384,
  fetchIdsMax: 1_024,
  reservedIndices: 256,
  recoveriesMax: 256,

  heartbeatIntervalMs: 100,
  suspicionMs: 500,
  retransmitDelayMs: 200,
  retransmitDelayMaxMs: 2_000,
  recoveryDelayMs: 100,
  recoveryDelayMaxMs: 1_000,
  fastPathWaitMaxMs: 50,
  commitDelayMs: 1,
  voteDelayMs: 5,
  paceRoundTripMaxMs: 5,
  fetchTimeoutMs: 1_000,
  lazyFlushMs: 20,
  unwrittenMax: 16_384,
  snapshotCommands: 20_000,
  snapshotAfterBytes: 64 * mib,
  digestIntervalMs: 60_000,
  recordsKept: 1_000,
  recordsKeptBytes: 1 * mib,
  snapshotChunkBytes: 256 * kib,
  snapshotBytesMax: 1_024 * mib,
  backupsMax: 2,
  drainMaxMs: 5_000,

  linkQueueBytesMax: 64 * mib,
  clientQueueBytesMax: 16 * mib,
  connectTimeoutMs: 2_000,
  greetingTimeoutMs: 2_000,
  pingIntervalMs: 1_000,
  reconnectDelayMs: 50,
  reconnectDelayMaxMs: 1_000,
}
