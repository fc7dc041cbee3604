import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { StoreBootstrap } from '../../storage/owner.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import type { StoreContents } from '../../storage/store.ts'
import { defaultCluster } from './defaults.ts'

/** A node's own data, and whose it is. */
export interface StorePlace {
  readonly id: ReplicaId
  /** All members. */
  readonly members: readonly ReplicaId[]
  /** Directory of this node's own data. */
  readonly data: string
  /** The cluster's name; `epaxos` unless given. */
  readonly cluster?: string | undefined
}

/** The owner of a new store, as the nodes of one new cluster are given it alike. */
export const newOwner = ({ id, members, cluster = defaultCluster }: Omit<StorePlace, 'data'>): StoreBootstrap => ({
  cluster,
  member: id,
  members,
  epoch: 1,
})

/**
 * Makes the empty store of a brand-new node and closes it again. Whoever begins a whole cluster calls it for all members
 * before one of them runs: as long as no node has run, none has voted, and what was made may be thrown away.
 * @throws StoreError `storeNotEmpty` when there is one
 */
export async function makeStore(place: StorePlace): Promise<void> {
  await openAndClose(createSqliteStore({ directory: place.data, bootstrap: newOwner(place) }))
}

/**
 * Whether a node's store is as `makeStore` left it: that node has never lived, let alone voted.
 * @throws StoreError as when that node is started; `storeEmpty` without a store
 */
export async function isStoreUnused({ id, members, data, cluster = defaultCluster }: StorePlace): Promise<boolean> {
  const store = createSqliteStore({ directory: data, expect: { cluster, member: id, members } })
  const { records, reserved, peers, snapshot, checkpoint, life } = await openAndClose(store)
  return records.length === 0 && reserved === 0 && peers.size === 0 && (snapshot ?? checkpoint ?? life) === undefined
}

function openAndClose(store: ReturnType<typeof createSqliteStore>): Promise<StoreContents> {
  return new Promise((resolve, reject) => {
    store.open((error, contents) => {
      if (error !== null) reject(error)
      else store.close(() => resolve(contents!))
    })
  })
}
