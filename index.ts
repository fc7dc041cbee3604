/**
 * EPaxos (Egalitarian Paxos, with the recovery of EPaxos*) as a library: leaderless replication of a deterministic state
 * machine. Every replica takes commands; commands that commute commit in one round trip to the nearest quorum.
 */
export type { BackupSink } from './actors/client/backup.ts'
export type { CallOptions, Client, ClientOptions } from './actors/client/client.ts'
export { ClientError, type ClientErrorCode } from './actors/client/errors.ts'
export type { ClientLimits } from './actors/client/limits.ts'
export { type CreateClientOptions, createClient } from './actors/node/create-client.ts'
export { createNode, type NodeOptions } from './actors/node/create-node.ts'
export { type CreateReplicaOptions, createReplica } from './actors/node/create-replica.ts'
export { defaultCluster } from './actors/node/defaults.ts'
export { checkMemberEndpoint, type MemberEndpoints } from './actors/node/endpoints.ts'
export { type FetchedBackup, type FetchOptions as FetchBackupOptions, fetchBackup } from './actors/node/fetch-backup.ts'
export type { ListeningOptions } from './actors/node/listening.ts'
export { isStoreUnused, makeStore, type StorePlace } from './actors/node/make-store.ts'
export type { Door, Doorway, Node } from './actors/node/node.ts'
export type { FlushStatus } from './actors/records/flush-durations.ts'
export type { ReplicaOptions } from './actors/replica/options.ts'
export { Replica } from './actors/replica/replica.ts'
export type { ReplicaStanding } from './actors/replica/standing.ts'
export type { ReplicaStatus, RuntimeStatus } from './actors/replica/status.ts'
export { LimitsError, limitsOf, wrongWith } from './actors/shared/check-limits.ts'
export {
  levelOf,
  plainOf,
  type ReplicaEvent,
  type ReplicaEventCode,
  replicaEvents,
  textOf,
} from './actors/shared/events.ts'
export { type GateReason, type GateVerdict, gateReasons } from './actors/shared/gate-verdict.ts'
export { defaultLimits, type Limits } from './actors/shared/limits.ts'
export { compareTexts, type KeyRange } from './actors/shared/ordered-keys.ts'
export { OrderedMap } from './actors/shared/ordered-map.ts'
export { type ReadsStanding, type ReadsVerdict, readsReasons } from './actors/shared/reads-verdict.ts'
export { ReplicaError, type ReplicaErrorCode } from './actors/shared/replica-error.ts'
export { type StallCause, stallCauses } from './actors/shared/stall-causes.ts'
export type { LoopDelay, StallsStatus } from './actors/shared/stalls.ts'
export type {
  Executing,
  SnapshotStateMachine,
  StateMachine,
  TableStateMachine,
} from './actors/shared/state-machine.ts'
export { SwitchableTap } from './actors/shared/switchable-tap.ts'
export type {
  BytesTable,
  Table,
  TableChange,
  TableOptions,
  Tables,
  TablesObserver,
} from './actors/shared/tables.ts'
export type { Tap, TimerMove } from './actors/shared/tap.ts'
export { StateMachineError } from './actors/shared/user-state-machine.ts'
export {
  type Backup,
  BackupError,
  type BackupSummary,
  type SegmentsBackup,
  type WholeBackup,
} from './actors/state/backup-file.ts'
export { beginWithBackup } from './actors/state/begin-with-backup.ts'
export { type BackupSource, decodeBackup, openBackup } from './actors/state/read-backup.ts'
export { snapshotToBeginWith } from './actors/state/snapshots.ts'
export { createTables } from './actors/tables/create-tables.ts'
export { TableError } from './actors/tables/table-error.ts'
export type { Attempt, CommitPath, InstanceContext } from './machines/instance/context.ts'
export { type InstanceSnapshot, instanceMachine } from './machines/instance/machine.ts'
export { instanceChart } from './machines/instance/mermaid.ts'
export type { Clock, Random } from './machines/protocol/clock.ts'
export { type Command, type Footprint, type Keys, NOP, payloadBytes, type Value } from './machines/protocol/commands.ts'
export type { Dependencies } from './machines/protocol/dependencies.ts'
export { type ErrorCode, type ErrorMeaning, errorCodes } from './machines/protocol/error-codes.ts'
export { EpaxosError, InvariantError } from './machines/protocol/errors.ts'
export { type InstanceId, type InstanceKey, keyOf } from './machines/protocol/instance-id.ts'
export type { Rank, ReplicaId } from './machines/protocol/membership.ts'
export type { Message } from './machines/protocol/messages.ts'
export { type Quorums, quorumsOf } from './machines/protocol/quorums.ts'
export type { Record as InstanceRecord } from './machines/protocol/record.ts'
export { createCodec } from './net/codec/create-codec.ts'
export { type Codec, CodecError } from './net/codec.ts'
export { type EventLevel, type EventTable, eventWords, type PlainEvent } from './net/events.ts'
export { harmless } from './net/harmless.ts'
export { createMemoryNetwork } from './net/simulated/memory-network.ts'
export { systemClock, systemWallClock } from './net/system-clock.ts'
export { systemRandom } from './net/system-random.ts'
export type { Greeting, Transport, TransportEvents } from './net/transport.ts'
export { Access, type AccessOptions, type Refusal } from './net/ws/access.ts'
export { createWsClientListener } from './net/ws/client-listener.ts'
export { createWsConnector } from './net/ws/connector.ts'
export { createGuardedServer, type GuardedServerOptions, refuseUpgrade, urlOf } from './net/ws/guarded-server.ts'
export { isLoopback } from './net/ws/loopback.ts'
export { clusterSecretBytesMin } from './net/ws/proof.ts'
export { createWsServer, type WsServer } from './net/ws/server.ts'
export { createWsTransport } from './net/ws/transport.ts'
export { endpointUrl, tapPath } from './net/ws/url.ts'
export { createMemoryDisk } from './storage/simulated/disk.ts'
export { createMemoryStore } from './storage/simulated/memory-store.ts'
export { syncDirectory } from './storage/sqlite/files.ts'
export { createSqliteStore } from './storage/sqlite/store.ts'
export { type Store, StoreError } from './storage/store.ts'
