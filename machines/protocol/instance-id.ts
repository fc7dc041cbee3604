import type { Membership } from './membership.ts'
import { struct, type TypeOf, uint } from './shape.ts'

/**
 * An instance: the `index`-th command proposed by the replica of rank `rank` in `epoch`. That replica is its *initial
 * coordinator*. Indices start at 1, are dense and never reused ([section 2](./README.md#section-2)); 0 stands for none.
 */
export const instanceId = struct({ epoch: uint, rank: uint, index: uint })
export type InstanceId = TypeOf<typeof instanceId>

/** An id that is none: no vector names it. */
export const noInstance: InstanceId = { epoch: 0, rank: 0, index: -1 }

/** A number that is distinct for every instance of one epoch (ranks are below 16): a cheap map key. */
export type InstanceKey = number
export const keyOf = (id: InstanceId): InstanceKey => id.index * 16 + id.rank
export const idOfKey = (epoch: number, key: InstanceKey): InstanceId => ({
  epoch,
  rank: key % 16,
  index: Math.floor(key / 16),
})

export const sameId = (a: InstanceId, b: InstanceId): boolean =>
  a.index === b.index && a.rank === b.rank && a.epoch === b.epoch

/**
 * The fixed total order on ids that breaks ties inside a strongly connected component (section 5): rank, then index.
 */
export const compareIds = (a: InstanceId, b: InstanceId): number => a.rank - b.rank || a.index - b.index

/** `3.17` for the 17th instance of member 3. */
export const formatId = (id: InstanceId, membership: Membership): string =>
  `${membership.members[id.rank] ?? `?${id.rank}`}.${id.index}`
