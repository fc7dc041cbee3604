import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { OwnLife, PeerStore } from '../../machines/protocol/store-lives.ts'
import type { StoredCheckpoint } from '../state-store.ts'
import type { RecordWrite, StoreContents, StoredPromise, StoreOwner, WriteBatch } from '../store.ts'

/** The store that has a disk open. */
export interface DiskHolder {
  /** The machine goes down, without the write in flight: nothing is called any more. */
  crash(torn: boolean): void
}

/**
 * A disk in memory, which stores write to, and specs inspect. It outlives the store: a restart opens the same disk
 * again.
 */
export interface MemoryDisk {
  /** Power goes: the write in flight is lost, the store that has the disk open falls silent, the disk is free again. */
  crash(): void
  /** The store that has it open; set by stores. */
  holder: DiskHolder | undefined
  /**
   * The durable contents; undefined while the disk is empty. The arrays are the disk's own: copy before giving them
   * away.
   */
  contents(): StoreContents | undefined
  /** The number of the checkpoint that records were deleted for; 0: none. */
  readonly reliedOn: number
  /** Begins a store on an empty disk. */
  format(owner: StoreOwner): void
  /** Makes a batch durable, all of it. The disk keeps its arrays. */
  apply(batch: WriteBatch): void
  /** The segments of the state, by their keys. */
  readonly segments: Map<number, Uint8Array>
  /** Replaces the checkpoint of the state. */
  commit(checkpoint: StoredCheckpoint): void
}

/** An empty disk. */
export function createMemoryDisk(): MemoryDisk {
  let owner: StoreOwner | undefined
  let snapshot: Uint8Array | undefined
  let reserved = 0
  const records = new Map<string, RecordWrite>()
  let life: OwnLife | undefined
  let raised: StoredPromise | undefined
  let checkpoint: StoredCheckpoint | undefined
  let reliedOn = 0
  const peers = new Map<ReplicaId, PeerStore>()
  function truncate({ epoch, upTo }: NonNullable<WriteBatch['truncate']>): void {
    for (const [key, { epoch: of, rank, index }] of records)
      if (of === epoch && index <= (upTo[rank] ?? 0)) records.delete(key)
  }
  return {
    holder: undefined,
    crash() {
      this.holder?.crash(false)
    },
    contents: () =>
      owner && {
        owner,
        records: [...records.values()],
        snapshot: snapshot?.length === 0 ? undefined : snapshot,
        reserved,
        peers: new Map(peers),
        life,
        raised,
        checkpoint,
      },
    segments: new Map(),
    get reliedOn() {
      return reliedOn
    },
    commit(next) {
      checkpoint = next
    },
    format(newOwner) {
      owner = newOwner
    },
    apply(batch) {
      for (const record of batch.records) {
        const key = `${record.epoch}.${record.rank}.${record.index}`
        const command = records.get(key)?.command ?? record.command
        records.set(key, { ...record, command })
      }
      snapshot = batch.snapshot ?? snapshot
      reserved = batch.reserved ?? reserved
      if (batch.truncate !== undefined) truncate(batch.truncate)
      life = batch.life ?? life
      raised = batch.raised ?? raised
      reliedOn = batch.checkpoint ?? reliedOn
      for (const { member, ...store } of batch.peers ?? []) {
        if (store.storeIdentity === '') peers.delete(member)
        else peers.set(member, store)
      }
    },
  }
}
