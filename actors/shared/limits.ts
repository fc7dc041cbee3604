import { membersMax } from '../../machines/protocol/quorums.ts'
import type { Bounds } from '../../machines/protocol/shape.ts'

const kib = 1024
const mib = 1024 * kib

/**
 * Every queue, frame, retry, delay and map of a replica has its limit here, unit last. The docstring of a field is its row in
 * LIMITS.md, and `defaultLimits` its default.
 */
export interface Limits extends Bounds {
  /** Bytes of a whole frame of a client. A frame may hold many commands. */
  readonly clientFrameBytesMax: number
  /** A batch closes when its payloads reach this many bytes. */
  readonly batchBytesMax: number
  /** Commands that wait to be proposed at one replica. More are refused as `overloaded`. */
  readonly proposalQueueMax: number
  /** Bytes of the commands that wait to be proposed at one replica. More are refused as `overloaded`. */
  readonly proposalQueueBytesMax: number
  /**
   * A client with fewer waiting commands than this may add one although the queue is full, so that floods of others do not
   * keep it out.
   */
  readonly laneQueueMin: number
  /**
   * A client without waiting commands may add one of at most so many bytes although the bytes of the queue are used up.
   */
  readonly laneQueueBytesMin: number
  /** How long commands wait at a replica that hears no quorum. Then they are refused. */
  readonly isolatedWaitMs: number
  /** Unanswered requests of one client connection. More are refused as `overloaded`. */
  readonly connectionInFlightMax: number
  /** Bytes of the commands in flight of one client connection. Further ones wait until some are executed. */
  readonly connectionInFlightBytesMax: number
  /**
   * Bytes of the answers of one client connection that wait for its socket, and of those expected for its commands in
   * flight. Further requests wait.
   */
  readonly connectionAnswerBytesMax: number
  /** Bytes of requests that wait at one client connection. Beyond them nothing more is read from it. */
  readonly connectionWaitingBytesMax: number
  /** Bytes of commands in flight and of waiting answers of all clients. Beyond it a connection has one request in flight. */
  readonly clientsBytesMax: number
  /** How long a status may be answered again to other requests. */
  readonly statusKeptMs: number
  /** Client connections of one replica. */
  readonly clientConnectionsMax: number
  /** Client connections of one replica from one address. */
  readonly clientConnectionsPerAddressMax: number
  /** Client connections beyond these that are kept for the operator: `status`, `backup`, `forget`. */
  readonly operatorConnectionsMax: number
  /** Reads by quorum that wait at one replica for their round. More go as commands. 0: all go as commands. */
  readonly readsWaitingMax: number
  /** Rounds of reads that wait for the others. Further reads gather for the next. */
  readonly readRoundsMax: number
  /** A session expires when no command of it was executed for this long. */
  readonly sessionIdleMs: number
  /**
   * Sessions in the replicated table. From half of them on those idle for longest expire; a replica that has as many refuses
   * new ones as `overloaded`.
   */
  readonly sessionsMax: number
  /** Sessions that one client connection may open. */
  readonly connectionSessionsMax: number
  /** Where there are many sessions, one expires when no command of it was executed for this long. */
  readonly sessionIdleMinMs: number
  /**
   * Bytes of the answers that a session's client has not acknowledged. Further commands are refused as
   * `tooManyUnacknowledged`, but for the lowest.
   */
  readonly sessionAnswerBytesMax: number
  /** The same for all sessions together. From half of it on those idle for longest expire. */
  readonly sessionsAnswerBytesMax: number
  /** Commands due by the clock (a time to live is over) that one replica proposes at once. */
  readonly dueCommandsMax: number
  /** A time of day this far from those of a quorum is reported. Deadlines go by the quorum's. */
  readonly clockOffMs: number
  /** Own uncommitted instances. Further commands wait and are batched. */
  readonly ownInFlightMax: number
  /** Bytes of own uncommitted instances. Further commands wait and are batched. */
  readonly ownInFlightBytesMax: number
  /** Own uncommitted instances on one key. Further commands on the key wait (section 5, endless conflicts). */
  readonly ownInFlightPerKeyMax: number
  /** An index this far above the committed prefix of its row is rejected (section 7). */
  readonly indexWindowMax: number
  /** Ids asked for in one fetch. */
  readonly fetchIdsMax: number
  /**
   * Own indices reserved at once, so that a preAccept leaves before its record is durable (section 6, the faster rule). At
   * most a quarter of `indexWindowMax` is used. 0: the simple rule, a preAccept leaves after its record.
   */
  readonly reservedIndices: number
  /** Recoveries that one replica leads at once. */
  readonly recoveriesMax: number

  /** A delay of the event loop from so long on is told, with its cause. */
  readonly stallMs: number
  /** Time between two heartbeats. */
  readonly heartbeatIntervalMs: number
  /** A peer that was not heard of for this long is suspected. */
  readonly suspicionMs: number
  /**
   * How long nothing is taken of a peer that contradicts what is decided or known here; and time between two events about
   * refused messages of one peer.
   */
  readonly distrustMs: number
  /** First delay before an uncommitted instance of a live coordinator is retransmitted or asked for. It doubles. */
  readonly retransmitDelayMs: number
  /** The retransmission delay doubles up to this. */
  readonly retransmitDelayMaxMs: number
  /** First delay before an uncommitted instance of a suspected coordinator is recovered. It doubles. */
  readonly recoveryDelayMs: number
  /** The recovery delay doubles up to this. */
  readonly recoveryDelayMaxMs: number
  /** Longest wait for the fast path after a slow quorum has answered (3.3). Usually it is twice the shortest round trip. */
  readonly fastPathWaitMaxMs: number
  /**
   * How long a commit that no replica is known to wait for may wait for another frame to the same peer. 0: it leaves at
   * once.
   */
  readonly commitDelayMs: number
  /** How long a vote that its coordinator does not wait for may wait for another flush. 0: all votes are waited for. */
  readonly voteDelayMs: number
  /**
   * Commands gather for the next batch while one is under way, if the nearest replica is no farther than this. 0: never.
   */
  readonly paceRoundTripMaxMs: number
  /** A donor that sends nothing for this long is replaced by another. */
  readonly fetchTimeoutMs: number
  /**
   * Maximum delay before non-urgent records (learnt commits, own votes that decide nothing yet) are flushed, unless
   * another flush includes them first.
   */
  readonly lazyFlushMs: number
  /** Bytes of the records in one flush, but for a single larger one. The rest follows in the next. */
  readonly flushBytesMax: number
  /**
   * Records and messages that wait for a disk that is full or hangs. Beyond it messages of peers are dropped until it takes
   * them.
   */
  readonly unwrittenMax: number
  /** Bytes of the commands in the records that wait for a disk that is full or hangs. Beyond it likewise. */
  readonly unwrittenBytesMax: number
  /** A checkpoint begins after this many executed commands. */
  readonly snapshotCommands: number
  /** A checkpoint begins earlier when the commands executed since the last one have so many bytes (large values). */
  readonly snapshotAfterBytes: number
  /**
   * Time between two comparisons of the replicas' states. 0: never. With state in tables a comparison costs nothing. Each stops
   * a replica for a snapshot and its digest where the state machine has `snapshot`: 2 s at 100 MB (spec/bench/comparison.bench.ts).
   */
  readonly digestIntervalMs: number
  /**
   * The latest records of each row that stay although no replica needs them. A replica that missed no more than these
   * fetches them, and needs no snapshot.
   */
  readonly recordsKept: number
  /** Bytes of the commands in the records kept of each row. Batches of a loaded cluster are large. */
  readonly recordsKeptBytes: number
  /**
   * Time between two promises of a replica about the dependencies of its commands, while commands are executed (section 8,
   * level 2): with all members up the conflict index has the keys of about so long, and two heartbeats more.
   */
  readonly indexPromiseMs: number
  /** Keys of the conflict index that one slice of an eviction looks at. */
  readonly indexSliceKeys: number
  /** Bytes of a segment of a checkpoint, about: one is read, written and sent as a whole. */
  readonly checkpointSegmentBytes: number
  /** Bytes of the state that one slice of a checkpoint copies. Commands are executed between two slices. */
  readonly checkpointSliceBytes: number
  /** Longest time for which a replica puts a checkpoint off while another replica writes or reads one. */
  readonly checkpointWaitMaxMs: number
  /** Bytes of one message of a checkpoint on its way to another replica. */
  readonly snapshotChunkBytes: number
  /**
   * Bytes of one part of another replica's checkpoint: a larger one is not fetched. The state may have more, in many
   * parts.
   */
  readonly snapshotBytesMax: number
  /** Backups fetched from one replica at once. Each keeps the segments of a checkpoint on its disk meanwhile. */
  readonly backupsMax: number
  /** A drain waits this long for commands in flight. */
  readonly drainMaxMs: number

  /** Bytes queued in a peer's socket. Beyond it frames are dropped, and retransmitted when it matters. */
  readonly linkQueueBytesMax: number
  /** While so many bytes are queued in a peer's socket nothing is sent to it again: it may be under way. */
  readonly linkRoomBytes: number
  /** Bytes queued in a client's socket. A client for which more is to be sent is disconnected. */
  readonly clientQueueBytesMax: number
  /** From so many bytes queued in a client's socket on no answer is made for it until they leave. */
  readonly clientRoomBytes: number
  /** A client is disconnected when bytes wait for it and its socket has taken none for so long. */
  readonly clientStallMs: number
  /** How long dialling another replica may take. */
  readonly connectTimeoutMs: number
  /** How long it may take from the TCP connection to the verified greeting. */
  readonly greetingTimeoutMs: number
  /** Time between two pings of a connection. A peer that is silent for long is disconnected. */
  readonly pingIntervalMs: number
  /** First delay before a lost link is dialled again. It doubles. */
  readonly reconnectDelayMs: number
  /** The delay before dialling again doubles up to this. */
  readonly reconnectDelayMaxMs: number
}

export const defaultLimits: Limits = {
  membersMax,
  keyBytesMax: 1 * kib,
  payloadBytesMax: 2 * mib + 64 * kib,
  batchCommandsMax: 1_024,
  footprintKeysMax: 4_096,
  idsMax: 16_384,
  textBytesMax: 4 * kib,
  frameMessagesMax: 16_384,
  frameBytesMax: 16 * mib,
  clientFrameBytesMax: 4 * mib,
  batchBytesMax: 1 * mib,
  proposalQueueMax: 65_536,
  proposalQueueBytesMax: 64 * mib,
  laneQueueMin: 16,
  laneQueueBytesMin: 64 * kib,
  isolatedWaitMs: 1_000,
  connectionInFlightMax: 16_384,
  connectionInFlightBytesMax: 16 * mib,
  connectionAnswerBytesMax: 8 * mib,
  connectionWaitingBytesMax: 1 * mib,
  clientsBytesMax: 128 * mib,
  statusKeptMs: 20,
  clientConnectionsMax: 4_096,
  clientConnectionsPerAddressMax: 2_048,
  operatorConnectionsMax: 8,
  readsWaitingMax: 65_536,
  readRoundsMax: 4,
  sessionIdleMs: 3_600_000,
  sessionsMax: 16_384,
  connectionSessionsMax: 64,
  sessionIdleMinMs: 10_000,
  sessionAnswerBytesMax: 16 * mib,
  sessionsAnswerBytesMax: 128 * mib,
  dueCommandsMax: 1_024,
  clockOffMs: 5_000,
  ownInFlightMax: 16,
  ownInFlightBytesMax: 4 * mib,
  ownInFlightPerKeyMax: 4,
  indexWindowMax: 16_384,
  fetchIdsMax: 1_024,
  reservedIndices: 256,
  recoveriesMax: 256,

  stallMs: 250,
  heartbeatIntervalMs: 100,
  suspicionMs: 500,
  distrustMs: 5_000,
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
  flushBytesMax: 4 * mib,
  unwrittenMax: 16_384,
  unwrittenBytesMax: 64 * mib,
  snapshotCommands: 20_000,
  snapshotAfterBytes: 64 * mib,
  digestIntervalMs: 60_000,
  recordsKept: 1_000,
  recordsKeptBytes: 1 * mib,
  indexPromiseMs: 1_000,
  indexSliceKeys: 2_048,
  snapshotChunkBytes: 256 * kib,
  checkpointSegmentBytes: 1 * mib,
  checkpointSliceBytes: 256 * kib,
  checkpointWaitMaxMs: 5_000,
  snapshotBytesMax: 900 * mib,
  backupsMax: 2,
  drainMaxMs: 5_000,

  linkQueueBytesMax: 32 * mib,
  linkRoomBytes: 1 * mib,
  clientQueueBytesMax: 16 * mib,
  clientRoomBytes: 1 * mib,
  clientStallMs: 30_000,
  connectTimeoutMs: 2_000,
  greetingTimeoutMs: 2_000,
  pingIntervalMs: 1_000,
  reconnectDelayMs: 50,
  reconnectDelayMaxMs: 1_000,
}
