import type { ReplicaId } from '../machines/protocol/membership.ts'
import type { StoredCheckpoint } from './state-store.ts'
import { StoreError, type StoreOwner } from './store.ts'

/** The owner of a new store. Its identity is drawn when it is created. */
export type StoreBootstrap = Omit<StoreOwner, 'storeIdentity'> & {
  /** First snapshot of the store, written in the same step. */
  readonly snapshot?: Uint8Array | undefined
  /** First checkpoint of the store, likewise. */
  readonly checkpoint?: FirstCheckpoint | undefined
}

/** The checkpoint that a store begins with. */
export interface FirstCheckpoint extends Omit<StoredCheckpoint, 'segments'> {
  /** In the order in which the checkpoint names them. Each is taken once, and written before the next is. */
  readonly segments: Iterable<Uint8Array>
}

/** The owner that the caller expects of a store; fields left out are not checked. */
export interface StoreExpectation {
  readonly cluster?: string | undefined
  readonly member?: ReplicaId | undefined
  /** All members, in any order. */
  readonly members?: readonly ReplicaId[] | undefined
}

const sorted = (members: readonly ReplicaId[]): string => [...members].sort((a, b) => a - b).join(', ')

/**
 * Compares a store's owner with the expected one.
 * @param where names the store in the message
 * @throws StoreError `storeForeign`, which names both
 */
export function checkOwner(owner: StoreOwner, expected: StoreExpectation | undefined, where: string): void {
  if (expected === undefined) return
  const differences: string[] = []
  const compare = (what: string, found: string, wanted: string | undefined) => {
    if (wanted !== undefined && wanted !== found) differences.push(`${what} ${found}, not ${wanted}`)
  }
  compare('cluster', `"${owner.cluster}"`, expected.cluster === undefined ? undefined : `"${expected.cluster}"`)
  compare('member', `${owner.member}`, expected.member === undefined ? undefined : `${expected.member}`)
  compare('members', sorted(owner.members), expected.members === undefined ? undefined : sorted(expected.members))
  if (differences.length === 0) return
  throw new StoreError(
    'storeForeign',
    `${where} belongs to ${differences.join('; and to ')}. To do: start this replica on its own directory`,
  )
}

/** The refusal of a place without a store, with the remedy. */
export const emptyError = (where: string, found: string): StoreError =>
  new StoreError(
    'storeEmpty',
    `${where} holds no store: ${found}. ` +
      'If this replica is brand-new, start it once with --bootstrap. If it was a member before and lost its disk, ' +
      'it must not come back under its old id: it would vote without remembering its votes. ' +
      'Leave it stopped, and begin a new cluster with a backup (examples/cli/OPERATIONS.md, A lost disk)',
  )

/** The refusal to bootstrap over data. */
export const notEmptyError = (where: string): StoreError =>
  new StoreError(
    'storeNotEmpty',
    `${where} already holds a store, and bootstrap would begin a new one: start this replica without --bootstrap`,
  )
