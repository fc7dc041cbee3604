import type { ReplicaId } from '../machines/protocol/membership.ts'
import { StoreError, type StoreOwner } from './store.ts'

/** What a new store is told of itself; its identity is drawn when it is made. */
export type StoreBootstrap = Omit<StoreOwner, 'storeIdentity'> & {
  /** It begins with this snapshot, in the same step. */
  readonly snapshot?: Uint8Array | undefined
}

/** Whose store the caller believes to open; what is left out is not checked. */
export interface StoreExpectation {
  readonly cluster?: string | undefined
  readonly member?: ReplicaId | undefined
  /** In any order. */
  readonly members?: readonly ReplicaId[] | undefined
}

const sorted = (members: readonly ReplicaId[]): string => [...members].sort((a, b) => a - b).join(', ')

/**
 * Compares a store's owner with who was expected.
 * @param where names the store in the message
 * @throws StoreError `storeForeign`, which says both sides
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

/** The refusal of a place without a store, and what to do about it. */
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
